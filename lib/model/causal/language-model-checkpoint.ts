import { Type, type Static } from '@sinclair/typebox';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { check, readJson } from '../../config/index.js';
import type { Device } from '../../engine/types.js';
import { InputError } from '../../base/errors.js';
import { writeAside } from '../../base/files.js';
import { autoregressive } from './autoregressive.js';
import { causalParams } from './causal-transformer.js';
import { type Network, openNetwork, withWeights } from '../checkpoint/checkpoint.js';
import type { LanguageModel } from './language-model.js';
import { writeSafetensors } from '../checkpoint/safetensors.js';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

const languageModelConfig = Type.Object(
  {
    format: Type.Literal('diffusteer-language-model'),
    version: Type.Literal(1, { description: 'version of the format' }),
    vocabularySize: count('tokens in the vocabulary, V'),
    maxTokens: count('longest text read at once, in tokens with START and END'),
    layers: count('transformer blocks'),
    width: count('width of the hidden states'),
    heads: count('attention heads per block'),
    feedForward: count('width of the hidden layer of a block'),
    heldOut: Type.Optional(
      Type.Object(
        {
          natsPerToken: Type.Number({ description: 'cost of the held-out texts, nats per token, END included' }),
          step: Type.Integer({ description: 'optimizer steps of these weights' }),
          run: Type.String({ description: 'identifies the config and the data of the training' }),
        },
        { description: 'measurement that chose the weights: those with the lowest held-out cost are kept' },
      ),
    ),
  },
  { additionalProperties: false },
);

export type LanguageModelConfig = Static<typeof languageModelConfig>;

/** A trained autoregressive model as saved in a folder: config.json, model.safetensors, tokenizer.json. */
export interface LanguageModelCheckpoint extends Network {
  readonly config: LanguageModelConfig;
}

/** A language model without its weights: enough to check a run. */
export type OpenLanguageModel = Omit<LanguageModelCheckpoint, 'weights'>;

/** Reads a language model and checks it, except for the numbers of its weights. @throws InputError that names the file and everything wrong with it */
export async function openLanguageModel(folder: string): Promise<OpenLanguageModel> {
  const config = await loadLanguageModelConfig(folder);
  return { config, ...(await openNetwork(folder, causalParams(config), config.vocabularySize)) };
}

/** Reads a language model. @throws InputError that names the file and everything wrong with it */
export const loadLanguageModel = async (folder: string): Promise<LanguageModelCheckpoint> =>
  withWeights(await openLanguageModel(folder));

/** Reads a language model's config without its weights. @throws InputError that names the file and everything wrong with it */
export async function loadLanguageModelConfig(folder: string): Promise<LanguageModelConfig> {
  const path = join(folder, 'config.json');
  const json = await readJson(path);
  const format = (json as { format?: unknown } | null)?.format;
  if (format !== 'diffusteer-language-model') {
    const message = `expected "diffusteer-language-model", found ${JSON.stringify(format)}; \`diffusteer train-judge configs/train-judge-lm.json\` makes one`;
    throw new InputError(path, [{ path: '/format', message }]);
  }
  const { value, problems } = check(languageModelConfig, json);
  if (problems.length > 0) throw new InputError(path, problems);
  return value;
}

/** Returns the model of a checkpoint on a device. */
export const languageModelOf = (device: Device, { config, tokenizer, weights }: LanguageModelCheckpoint): LanguageModel =>
  autoregressive(device, config, tokenizer.vocabulary, weights);

/** Writes a checkpoint with weights as float16. Each file is replaced atomically. */
export async function saveLanguageModel(
  folder: string,
  { config, tokenizer, weights }: Pick<LanguageModelCheckpoint, 'config' | 'tokenizer' | 'weights'>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), weights, { float16: true });
  await tokenizer.save(folder);
  await writeAside(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}
