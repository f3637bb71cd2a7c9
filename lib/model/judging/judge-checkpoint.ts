import type { Static, TSchema } from '@sinclair/typebox';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { check, readJson } from '../../config/index.js';
import type { HostTensors } from '../../engine/types.js';
import { InputError } from '../../base/errors.js';
import { writeAside } from '../../base/files.js';
import { weightProblems } from '../checkpoint/checkpoint.js';
import { readSafetensors, writeSafetensors } from '../checkpoint/safetensors.js';
import type { ParamSpec } from '../types.js';

const WEIGHTS = 'model.safetensors';
const CONFIG = 'config.json';

/** Writes the model of a judge: config.json and model.safetensors (float16). Each file is replaced atomically. */
export async function saveJudge(folder: string, config: object, weights: HostTensors): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, WEIGHTS), weights, { float16: true });
  await writeAside(join(folder, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

export interface JudgeCheckpoint<C> {
  readonly config: C;
  /** Reads the weights. @throws InputError if they are missing or do not fit the config */
  weights(): Promise<HostTensors>;
}

/**
 * Reads the config of a judge's model; the weights are read on demand, since most runs need no parser.
 *
 * @param schema schema of config.json
 * @throws InputError that names the file and everything wrong with it: missing, or of another judge
 */
export async function loadJudge<S extends TSchema>(
  folder: string,
  schema: S,
  parameters: (config: Static<S>) => readonly ParamSpec[],
): Promise<JudgeCheckpoint<Static<S>>> {
  const path = join(folder, CONFIG);
  const { value, problems } = check(schema, await readJson(path));
  if (problems.length > 0) throw new InputError(path, problems);
  return { config: value, weights: () => readWeights(join(folder, WEIGHTS), parameters(value)) };
}

async function readWeights(path: string, parameters: readonly ParamSpec[]): Promise<HostTensors> {
  const { tensors } = await readSafetensors(path);
  const problems = weightProblems(parameters, tensors);
  if (problems.length > 0) throw new InputError(path, problems);
  return tensors;
}
