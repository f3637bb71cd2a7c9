import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, inputError, type Problem } from '../../base/errors.js';
import { unreadable, writeAside } from '../../base/files.js';
import { check, readJson } from '../../config/index.js';
import type { HostTensor, HostTensors } from '../../engine/types.js';
import { loadTokenizer } from '../../text/load-tokenizer.js';
import type { Tokenizer } from '../../text/types.js';
import { type ModelConfig, paperConfig, scoreInterpolationConfig } from '../denoiser/config.js';
import { paperDenoiser } from '../denoiser/paper.js';
import { scoreInterpolation } from '../denoiser/score-interpolation.js';
import type { Denoiser, ParamSpec } from '../types.js';
import { readSafetensors, readShapes, writeSafetensors } from './safetensors.js';

/** The parts that every trained model has besides its config. */
export interface Network {
  readonly folder: string;
  readonly tokenizer: Tokenizer;
  readonly weights: HostTensors;
  /** SHA-256 of model.safetensors: identifies the model in everything that was made with it. */
  readonly hash: string;
}

/** A trained denoiser as a folder holds it: config.json, model.safetensors, tokenizer.json. */
export interface Checkpoint extends Network {
  readonly config: ModelConfig;
  readonly denoiser: Denoiser;
}

/** Returns the network that a config describes. */
export function denoiserOf(config: ModelConfig): Denoiser {
  return config.recipe === 'paper' ? paperDenoiser(config) : scoreInterpolation(config);
}

/** A checkpoint without its weights: enough to check a run. */
export type OpenCheckpoint = Omit<Checkpoint, 'weights'>;

/** A model's folder without its weights. */
export type OpenNetwork = Omit<Network, 'weights'>;

/**
 * Reads a checkpoint and checks it, except for the numbers of its weights.
 *
 * @throws InputError that names the file and everything that is wrong with it
 */
export async function openCheckpoint(folder: string): Promise<OpenCheckpoint> {
  const config = await readModelConfig(join(folder, 'config.json'));
  const denoiser = denoiserOf(config);
  return { config, denoiser, ...(await openNetwork(folder, denoiser.parameters, config.vocabularySize)) };
}

/** Reads the weights of an open model. @throws InputError that names the file and everything that is wrong with it */
export async function withWeights<N extends OpenNetwork>(network: N): Promise<N & Network> {
  return { ...network, weights: (await readSafetensors(weightsFile(network.folder))).tensors };
}

/** Reads a checkpoint. @throws InputError that names the file and everything that is wrong with it */
export const loadCheckpoint = async (folder: string): Promise<Checkpoint> => withWeights(await openCheckpoint(folder));

/**
 * Reads the tokenizer of a model's folder and checks it and the shapes of the weights.
 *
 * @throws InputError that names the file and everything that is wrong with it
 */
export async function openNetwork(
  folder: string,
  parameters: readonly ParamSpec[],
  vocabularySize: number,
): Promise<OpenNetwork> {
  const path = weightsFile(folder);
  const problems = weightProblems(parameters, await readShapes(path));
  if (problems.length > 0) throw new InputError(path, problems);
  const tokenizer = await loadTokenizer(folder);
  if (tokenizer.vocabulary.size !== vocabularySize) {
    throw inputError(
      join(folder, 'tokenizer.json'),
      `expected the ${vocabularySize} tokens of config.json, found ${tokenizer.vocabulary.size}; the files are of two models`,
    );
  }
  return { folder, tokenizer, hash: await hashOf(path) };
}

const weightsFile = (folder: string): string => join(folder, 'model.safetensors');

/** Writes a checkpoint; each file is replaced whole. */
export async function saveCheckpoint(
  folder: string,
  { config, tokenizer, weights }: Pick<Checkpoint, 'config' | 'tokenizer' | 'weights'>,
  { float16 }: { float16: boolean },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), weights, { float16 });
  await tokenizer.save(folder);
  await writeAside(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

export async function hashOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return createHash('sha256').update(bytes).digest('hex');
}

async function readModelConfig(path: string): Promise<ModelConfig> {
  const value = (await readJson(path)) as Record<string, unknown> | null;
  const head = headProblem(value);
  if (head) throw new InputError(path, [head]);
  const schema = value!['recipe'] === 'paper' ? paperConfig : scoreInterpolationConfig;
  const { problems } = check(schema, value);
  if (problems.length > 0) throw new InputError(path, problems);
  return value as ModelConfig;
}

/** Returns in one line that a checkpoint is of another kind or version: what else its config holds means nothing here. */
function headProblem(value: Record<string, unknown> | null): Problem | undefined {
  if (value?.['format'] !== 'diffusteer')
    return {
      path: '/format',
      message: 'expected "diffusteer": this is no checkpoint of diffusteer; `diffusteer import` reads those of the original code',
    };
  if (value['version'] !== 1)
    return {
      path: '/version',
      message: `expected version 1, found ${JSON.stringify(value['version'])}; this checkpoint needs another version of diffusteer`,
    };
  return undefined;
}

/** Returns the problems of stored weights: missing, of another shape, or unknown. */
export function weightProblems(
  specs: readonly ParamSpec[],
  tensors: Readonly<Record<string, Pick<HostTensor, 'shape'>>>,
): Problem[] {
  const known = new Set(specs.map(({ name }) => name));
  const wrong = specs.flatMap(({ name, shape }): Problem[] => {
    const found = tensors[name];
    if (!found) return [{ path: `/${name}`, message: `expected a tensor of shape [${shape}], found none` }];
    if (`${found.shape}` === `${shape}`) return [];
    return [{ path: `/${name}`, message: `expected a tensor of shape [${shape}], found [${found.shape}]` }];
  });
  const extra = Object.keys(tensors).filter((name) => !known.has(name));
  return [
    ...wrong,
    ...extra.map((name) => ({ path: `/${name}`, message: 'is no weight of the network that config.json describes' })),
  ];
}
