import { join } from 'node:path';
import { InputError, inputErrorOnly, type Problem } from '../../base/errors.js';
import { locate } from '../../base/locate.js';
import { checkConfig, type LoadOptions, overridden, readJson, type TrainConfig } from '../../config/index.js';
import { openCheckpoint, type OpenCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { readCorpus } from '../../text/corpus.js';
import type { Tokenizer } from '../../text/types.js';
import { splitter, splitWords } from '../../text/word-tokenizer.js';
import { corpusOptions } from '../training-data.js';
import { type ChosenFields, corpusSize, type CorpusSize, fineTuning, presetFor, roundedUp } from './preset.js';

/** A complete config of a training, with what was chosen by its corpus or base. */
export interface ChosenTraining {
  readonly config: TrainConfig;
  /** Undefined if the config has neither `preset` nor `from`. */
  readonly chosen?: { readonly corpus: CorpusSize; readonly values: ChosenFields } | undefined;
}

type TokenizerName = TrainConfig['tokenizer']['name'];
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
    const chosen = await choose(given, dataFolder);
    return { config: checkConfig('train', value, { ...options, fallback: { ...chosen.values } }), chosen };
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

/** Measures the corpus, split as the tokenizer of the config or of the base does, and chooses by it. */
async function choose(given: Partial<TrainConfig>, dataFolder: string): Promise<NonNullable<ChosenTraining['chosen']>> {
  const base = given.from === undefined ? undefined : await openCheckpoint(locate(given.from));
  const name = given.tokenizer?.name ?? (base ? kindOf(base.tokenizer) : 'words');
  const tokenize = name === 'file' ? (base?.tokenizer.tokenize ?? splitWords) : splitter(name);
  const { data } = given;
  const { rows } = await readCorpus(join(dataFolder, data?.file ?? ''), data ? corpusOptions(data) : {});
  const corpus = corpusSize(rows.map(({ text }) => tokenize(text).length));
  return { corpus, values: base ? valuesFor(base, name, corpus) : presetFor(corpus) };
}

/** Returns the name of a tokenizer in a config. Only one of characters splits "ab". */
function kindOf({ level, tokenize }: Tokenizer): TokenizerName {
  if (level === 'subword') return 'file';
  return tokenize('ab').length === 2 ? 'characters' : 'words';
}

function valuesFor({ folder, config }: OpenCheckpoint, name: TokenizerName, corpus: CorpusSize): ChosenFields {
  const { recipe, embeddingWidth, layers, width, heads, feedForward } = config;
  const maxTokens = Math.max(config.maxTokens, roundedUp(corpus.longest));
  return {
    tokenizer:
      name === 'file'
        ? { name, path: join(folder, 'tokenizer.json') }
        : { name, minCount: corpus.tokens < 30_000 || name === 'characters' ? 1 : 2 },
    model: { recipe, embeddingWidth, layers, width, heads, feedForward, maxTokens },
    ...fineTuning(corpus),
  };
}
