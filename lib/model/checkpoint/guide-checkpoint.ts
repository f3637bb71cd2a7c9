import { type Static, Type } from '@sinclair/typebox';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, inputError } from '../../base/errors.js';
import { writeAside } from '../../base/files.js';
import { check, readJson } from '../../config/index.js';
import type { HostTensors } from '../../engine/types.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

const guideConfig = Type.Object({
  format: Type.Literal('diffusteer-guide'),
  version: Type.Literal(1, { description: 'version of the format' }),
  guide: Type.String({ description: 'name of the guide' }),
  via: Type.String({ description: 'place of the guide that this serves' }),
  denoiser: Type.String({
    description:
      'SHA-256 of the model.safetensors of the denoiser it was trained for; of a discriminator, of the tokens it knows',
  }),
  classes: Type.Optional(
    Type.Array(Type.String(), { description: 'what the classifier tells apart, in the order of its outputs' }),
  ),
  learnedFrom: Type.Optional(
    Type.Object(
      {
        file: Type.String({ description: 'corpus, relative to the folder of the data' }),
        column: Type.String({ description: 'column of the text' }),
        fields: Type.Record(Type.String(), Type.String(), {
          description: 'columns that it learned, by the names it knows them by',
        }),
        where: Type.Optional(
          Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]), {
            description: 'values of the columns of its rows; absent if it learned from all rows',
          }),
        ),
      },
      { description: 'what the classifier was trained on, where that was a corpus with columns' },
    ),
  ),
  network: Type.Optional(
    Type.Object({
      layers: count('transformer blocks'),
      width: count('width of the token states'),
      heads: count('attention heads'),
    }),
  ),
});

export type GuideConfig = Static<typeof guideConfig>;

/** The training of a guide, or its counts, as MODEL/guides/NAME-VIA/ holds them. */
export interface GuideCheckpoint {
  readonly config: GuideConfig;
  readonly tensors: HostTensors;
}

/** Stands for `via` in the checkpoint of a discriminator on prefixes. */
export const FUTURE = 'future';

/** Returns the folder of a guide's checkpoint, next to its model. */
export const guideFolder = (model: string, guide: string, via: string): string => join(model, 'guides', `${guide}-${via}`);

/** Returns whether a guide has a checkpoint for a `via`. */
export const hasGuideCheckpoint = (model: string, guide: string, via: string): Promise<boolean> =>
  exists(guideFolder(model, guide, via));

/**
 * Reads the checkpoint of a guide for a model.
 * @throws InputError if it is missing or was made for another denoiser
 */
export async function loadGuideCheckpoint(
  model: string,
  modelHash: string,
  guide: string,
  via: string,
): Promise<GuideCheckpoint> {
  const config = await loadGuideConfig(model, modelHash, guide, via);
  return { config, tensors: (await readSafetensors(join(guideFolder(model, guide, via), 'model.safetensors'))).tensors };
}

/** Reads the config of a guide's checkpoint, without its weights. @throws as loadGuideCheckpoint */
export async function loadGuideConfig(model: string, modelHash: string, guide: string, via: string): Promise<GuideConfig> {
  const folder = guideFolder(model, guide, via);
  if (!(await exists(folder))) {
    throw inputError(
      folder,
      `the guide "${guide}" acts by ${via} with what was trained for this model, and nothing is here; make it with \`diffusteer train-guide\``,
    );
  }
  const path = join(folder, 'config.json');
  const { value, problems } = check(guideConfig, await readJson(path));
  if (problems.length > 0) throw new InputError(path, problems);
  if (value.denoiser !== modelHash) {
    throw inputError(
      path,
      `was trained for another denoiser (${value.denoiser.slice(0, 12)}) than ${model} (${modelHash.slice(0, 12)}); train it again with \`diffusteer train-guide\``,
    );
  }
  return value;
}

/** Writes a guide's checkpoint; each file is replaced whole. */
export async function saveGuideCheckpoint(
  folder: string,
  { config, tensors }: GuideCheckpoint,
  options: { float16: boolean },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), tensors, options);
  await writeAside(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
