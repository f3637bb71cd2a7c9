import type { Static, TSchema } from '@sinclair/typebox';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { check, readJson } from '../config/index.js';
import type { HostTensors } from '../engine/types.js';
import { InputError } from '../errors.js';
import { writeAside } from '../files.js';
import { weightProblems } from './checkpoint.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import type { ParamSpec } from './types.js';

const WEIGHTS = 'model.safetensors';
const CONFIG = 'config.json';

/** Writes the model of a judge: config.json and model.safetensors (float16); each file is replaced whole. */
export async function saveJudge(folder: string, config: object, weights: HostTensors): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, WEIGHTS), weights, { float16: true });
  await writeAside(join(folder, CONFIG), `${JSON.stringify(config, null, 2)}\n`);
}

export interface JudgeCheckpoint<C> {
  readonly config: C;
  readonly weights: HostTensors;
}

/**
 * Reads the model of a judge.
 * Errors: an InputError that names the file and all that is wrong with it: missing, of another judge, or weights that do not fit.
 *
 * @param schema of config.json
 */
export async function loadJudge<S extends TSchema>(
  folder: string,
  schema: S,
  parameters: (config: Static<S>) => readonly ParamSpec[],
): Promise<JudgeCheckpoint<Static<S>>> {
  const path = join(folder, CONFIG);
  const { value, problems } = check(schema, await readJson(path));
  if (problems.length > 0) throw new InputError(path, problems);
  const weights = join(folder, WEIGHTS);
  const { tensors } = await readSafetensors(weights);
  const wrong = weightProblems(parameters(value), tensors);
  if (wrong.length > 0) throw new InputError(weights, wrong);
  return { config: value, weights: tensors };
}
