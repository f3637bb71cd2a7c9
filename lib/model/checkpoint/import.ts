import { type Static, Type } from '@sinclair/typebox';
import { join } from 'node:path';
import { InputError, type Problem } from '../../base/errors.js';
import { check, readJson } from '../../config/index.js';
import type { HostTensor } from '../../engine/types.js';
import { paperConfig, type PaperConfig } from '../denoiser/config.js';
import { sizeProblems } from '../denoiser/paper-parameters.js';
import { tokensOf } from './import-vocabulary.js';
import { parametersOf, shapeProblems, sizesOf } from './import-weights.js';
import { readSafetensors } from './safetensors.js';

export interface ImportOptions {
  /** Attention heads, which a checkpoint does not tell. Default: one for 64 numbers of the width, as in BERT of every size. */
  readonly heads?: number;
}

export interface ImportedModel {
  readonly config: PaperConfig;
  readonly tensors: Record<string, HostTensor>;
  /** By id; START, END, UNK and PAD are among them. */
  readonly tokens: readonly string[];
}

/** The values in training_args.json that make the network that of the `paper` recipe; other values do not matter. */
const trainingArgs = Type.Object(
  {
    model_arch: Type.Literal('transformer'),
    experiment_mode: Type.Optional(Type.Literal('lm')),
    logits_mode: Type.Optional(Type.Literal(1)),
    predict_xstart: Type.Literal(true),
    learn_sigma: Type.Literal(false),
    rescale_timesteps: Type.Literal(true),
    diffusion_steps: Type.Integer({ minimum: 2, maximum: 100_000 }),
    noise_schedule: paperConfig.properties.schedule,
    image_size: Type.Integer({ minimum: 2, maximum: 1000, description: 'the square root of the sequence length' }),
    in_channel: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: true },
);

/**
 * Reads a checkpoint of the original Diffusion-LM code: `model.safetensors` with its parameter names, `training_args.json` and
 * `vocab.json` in one folder (docs/import.md).
 * @throws InputError with every problem of the three files; with that problem alone if a file cannot be read
 */
export async function importOriginal(folder: string, { heads }: ImportOptions = {}): Promise<ImportedModel> {
  const { value: args, problems: argProblems } = check(
    trainingArgs,
    await readJson(join(folder, 'training_args.json')),
    'training_args.json',
  );
  const vocabulary = tokensOf(await readJson(join(folder, 'vocab.json')));
  const weights = parametersOf((await readSafetensors(join(folder, 'model.safetensors'))).tensors);
  const sizes = sizesOf(weights.tensors);
  const problems: Problem[] = [...argProblems, ...vocabulary.problems, ...weights.problems, ...sizes.problems];
  if (problems.length > 0) throw new InputError(folder, problems);
  const config = configOf(args, { ...sizes.found, heads: heads ?? headsOf(sizes.found.width) });
  problems.push(...disagreements(config, args, vocabulary.tokens), ...shapeProblems(config, weights.tensors));
  if (problems.length > 0) throw new InputError(folder, problems);
  return { config, tensors: weights.tensors, tokens: vocabulary.tokens };
}

type Sizes = Omit<PaperConfig, 'format' | 'version' | 'recipe' | 'maxTokens' | 'steps' | 'schedule'>;

function configOf(args: Static<typeof trainingArgs>, sizes: Sizes): PaperConfig {
  const { image_size: root, diffusion_steps: steps, noise_schedule: schedule } = args;
  return { format: 'diffusteer', version: 1, recipe: 'paper', maxTokens: root ** 2, ...sizes, steps, schedule };
}

const headsOf = (width: number): number => Math.max(1, Math.round(width / 64));

/** Returns the problems of files that are valid by themselves but do not fit each other. */
function disagreements(config: PaperConfig, args: Static<typeof trainingArgs>, tokens: readonly string[]): Problem[] {
  const problems = sizeProblems(config).map(({ path, message }) => ({ path: SOURCES[path] ?? path, message }));
  if (args.in_channel !== config.embeddingWidth) {
    const message = `expected ${config.embeddingWidth}, the width of word_embedding.weight, found ${args.in_channel}`;
    problems.push({ path: 'training_args.json/in_channel', message });
  }
  if (tokens.length !== config.vocabularySize) {
    const message = `expected ${config.vocabularySize} tokens, the rows of word_embedding.weight, found ${tokens.length}`;
    problems.push({ path: 'vocab.json', message });
  }
  return problems;
}

/** Returns which file a size that does not fit comes from. */
const SOURCES: Readonly<Record<string, string>> = {
  '/heads': 'heads (a checkpoint does not tell them: give the number it was trained with)',
  '/maxTokens': 'training_args.json/image_size (its square is the length)',
  '/timeChannels': 'model.safetensors/time_embed.0.weight',
};
