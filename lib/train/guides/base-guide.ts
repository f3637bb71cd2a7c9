import { readdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { InputError, inputError, inputErrorOnly, type Problem } from '../../base/errors.js';
import { locate } from '../../base/locate.js';
import { readJson, type TrainGuideConfig } from '../../config/index.js';
import { type Checkpoint, hashOf, openCheckpoint, type OpenCheckpoint } from '../../model/checkpoint/checkpoint.js';
import {
  FUTURE,
  type GuideConfig,
  guideFolder,
  hasGuideCheckpoint,
  loadGuideConfig,
} from '../../model/checkpoint/guide-checkpoint.js';
import { vocabularyHash } from '../../plan/discriminators.js';

/** A trained guide whose weights a training starts from, without the weights themselves. */
export interface BaseGuide {
  readonly folder: string;
  /** Its denoiser, which has its words. */
  readonly model: OpenCheckpoint;
  readonly config: GuideConfig;
  /** SHA-256 of its weights. */
  readonly hash: string;
}

type Target = Pick<TrainGuideConfig, 'from' | 'guide' | 'via'>;

/**
 * Opens the guide that `from` names: MODEL, which stands for MODEL/guides/GUIDE-VIA, or the folder of one guide.
 *
 * @returns undefined if the config has no `from`
 * @throws InputError if there is no such guide, or it is of another denoiser than its model
 */
export async function openBaseGuide({ from, guide, via }: Target): Promise<BaseGuide | undefined> {
  if (from === undefined) return undefined;
  if (via === 'posterior') throw fromError('expected no `from` for "via": "posterior", whose tables are counted anew in seconds');
  try {
    return await openGuide(locate(from), guide, via);
  } catch (error) {
    throw fromError(inputErrorOnly(error).message);
  }
}

async function openGuide(from: string, guide: string, via: string): Promise<BaseGuide> {
  const { folder, name } = await findGuide(from, guide, via);
  const model = await openCheckpoint(folder);
  const hash = name.via === FUTURE ? vocabularyHash(model.tokenizer.vocabulary) : model.hash;
  const config = await loadGuideConfig(folder, hash, name.guide, name.via);
  const own = guideFolder(folder, name.guide, name.via);
  return { folder: own, model, config, hash: await hashOf(join(own, 'model.safetensors')) };
}

/** Finds the model folder of the base, and which of its guides is meant. */
async function findGuide(
  from: string,
  guide: string,
  via: string,
): Promise<{ folder: string; name: Pick<GuideConfig, 'guide' | 'via'> }> {
  const { format, ...own } = (await readJson(join(from, 'config.json'))) as Partial<GuideConfig>;
  if ((format as string) === 'diffusteer') {
    if (await hasGuideCheckpoint(from, guide, via)) return { folder: from, name: { guide, via } };
    const others = await readdir(join(from, 'guides')).catch(() => []);
    const known = others.length === 0 ? 'it has no guides' : `it has ${others.sort().join(', ')}`;
    throw inputError(
      guideFolder(from, guide, via),
      `expected a trained guide, found none: ${known}; name the folder of one of its guides to start from its encoder, or leave \`from\` out`,
    );
  }
  if (format !== 'diffusteer-guide') throw inputError(join(from, 'config.json'), 'expected the folder of a model or of a guide');
  const folder = normalize(join(from, '../..'));
  if (normalize(from) !== guideFolder(folder, own.guide!, own.via!))
    throw inputError(
      from,
      `expected a guide inside its model, at MODEL/guides/${own.guide}-${own.via}, since the model has its words; copy the whole model folder`,
    );
  return { folder, name: { guide: own.guide!, via: own.via! } };
}

/**
 * Checks that a training can start from the weights of a base.
 *
 * @param model the denoiser that the guide is trained for
 * @throws InputError with everything that differs and must agree
 */
export function checkBaseGuide(base: BaseGuide, config: TrainGuideConfig, model: Pick<Checkpoint, 'config' | 'folder'>): void {
  const { guide, via, network } = config;
  if (normalize(base.folder) === normalize(guideFolder(model.folder, guide, via)))
    throw fromError(
      `expected another folder than ${base.folder}, which this training replaces; copy its model folder and name the copy`,
    );
  if ((base.config.via === FUTURE) !== (via === FUTURE))
    throw fromError(`expected a guide trained for "${via}", found one for "${base.config.via}": the two have different networks`);
  const problems: Problem[] = [];
  const [own, its] = [model.config, base.model.config];
  if (own.recipe !== its.recipe)
    problems.push({
      path: '/from',
      message: `expected a guide for the recipe ${own.recipe} of ${model.folder}, found ${its.recipe}`,
    });
  if (via !== FUTURE && own.embeddingWidth !== its.embeddingWidth)
    problems.push({
      path: '/from',
      message: `expected a guide for the embeddingWidth ${own.embeddingWidth} of ${model.folder}, found ${its.embeddingWidth}`,
    });
  const sizes = base.config.network!;
  for (const name of ['width', 'heads'] as const) {
    if (network[name] !== sizes[name])
      problems.push({
        path: `/network/${name}`,
        message: `expected ${sizes[name]}, as in ${base.folder}, found ${network[name]}`,
      });
  }
  if (network.layers < sizes.layers)
    problems.push({
      path: '/network/layers',
      message: `expected at least the ${sizes.layers} of ${base.folder}, found ${network.layers}`,
    });
  if (problems.length > 0) throw new InputError('config', problems);
}

const fromError = (message: string): InputError => new InputError('config', [{ path: '/from', message }]);
