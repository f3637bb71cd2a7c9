import { join } from 'node:path';
import { InputError, inputErrorOnly, type Problem } from '../../base/errors.js';
import { locate } from '../../base/locate.js';
import { checkConfig, type LoadOptions, overridden, readJson, type TrainConfig } from '../../config/index.js';
import { openCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { readCorpus } from '../../text/corpus.js';
import { splitWords } from '../../text/word-tokenizer.js';
import { corpusOptions } from '../training-data.js';
import { type ChosenFields, corpusSize, type CorpusSize, fineTuning, presetFor, roundedUp } from './preset.js';

/** A complete config of a training, with what was chosen by its corpus or base. */
export interface ChosenTraining {
  readonly config: TrainConfig;
  /** Undefined if the config has neither `preset` nor `from`. */
  readonly chosen?: { readonly corpus: CorpusSize; readonly values: ChosenFields } | undefined;
}

type Options = LoadOptions & { readonly where?: string };

/**
 * Reads the config of a training. With `"preset": "auto"` or `from`, fields that the config leaves out follow from the corpus and the base.
 *
 * @param dataFolder base of the relative paths of `data`
 * @throws InputError with every problem of the config, or of the base or corpus that it names
 */
export const loadTraining = async (path: string, dataFolder: string, options: LoadOptions = {}): Promise<ChosenTraining> =>
  checkTraining(await readJson(path), dataFolder, { ...options, where: path });

/** Does the same for a config in memory. */
export async function checkTraining(value: unknown, dataFolder: string, options: Options = {}): Promise<ChosenTraining> {
  const given = (overridden('train', value, options).value ?? {}) as Partial<TrainConfig>;
  if (given.preset === undefined && given.from === undefined) return { config: checkConfig('train', value, options) };
  try {
    const corpus = await sizeOf(given, dataFolder);
    const values = await choose(given, corpus);
    return { config: checkConfig('train', value, { ...options, fallback: { ...values } }), chosen: { corpus, values } };
  } catch (error) {
    if (options.where !== undefined && inputErrorOnly(error).where === options.where) throw error;
    throw new InputError(options.where ?? 'config', [
      ...problemsOf(value, options),
      { path: '', message: inputErrorOnly(error).message },
    ]);
  }
}

/** Returns what the schema alone finds in a config. */
function problemsOf(value: unknown, options: Options): readonly Problem[] {
  try {
    checkConfig('train', value, options);
    return [];
  } catch (error) {
    return inputErrorOnly(error).problems;
  }
}

async function sizeOf({ data }: Partial<TrainConfig>, dataFolder: string): Promise<CorpusSize> {
  const { rows } = await readCorpus(join(dataFolder, data?.file ?? ''), data ? corpusOptions(data) : {});
  return corpusSize(rows.map(({ text }) => splitWords(text).length));
}

async function choose({ from }: Partial<TrainConfig>, corpus: CorpusSize): Promise<ChosenFields> {
  if (from === undefined) return presetFor(corpus);
  const folder = locate(from);
  const { config, tokenizer } = await openCheckpoint(folder);
  const { recipe, embeddingWidth, layers, width, heads, feedForward } = config;
  return {
    tokenizer:
      tokenizer.level === 'word'
        ? { name: 'words', minCount: corpus.tokens < 30_000 ? 1 : 2 }
        : { name: 'file', path: join(folder, 'tokenizer.json') },
    model: {
      recipe,
      embeddingWidth,
      layers,
      width,
      heads,
      feedForward,
      maxTokens: Math.max(config.maxTokens, roundedUp(corpus.longest)),
    },
    ...fineTuning(corpus),
  };
}
