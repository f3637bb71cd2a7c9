import { join } from 'node:path';
import { jsonHash } from '../../base/hash.js';
import { InputError, inputError } from '../../base/errors.js';
import { locate } from '../../base/locate.js';
import { keyOf, permutation, split } from '../../base/random.js';
import type { TrainJudgeConfig } from '../../config/index.js';
import { openDevice } from '../../engine/devices/open.js';
import type { HostTensors } from '../../engine/types.js';
import { autoregressive } from '../../model/causal/autoregressive.js';
import { causalParams, type CausalSize } from '../../model/causal/causal-transformer.js';
import {
  type LanguageModelConfig,
  loadLanguageModelConfig,
  type OpenLanguageModel,
  openLanguageModel,
  saveLanguageModel,
} from '../../model/causal/language-model-checkpoint.js';
import { withWeights } from '../../model/checkpoint/checkpoint.js';
import { readCorpus } from '../../text/corpus.js';
import { type Exclusion, readExclusions } from '../../text/exclusions.js';
import type { Tokenizer, Vocabulary } from '../../text/types.js';
import { commonTokens, vocabularyOf } from '../../text/vocabulary.js';
import { splitWords, wordTokenizer } from '../../text/word-tokenizer.js';
import { carryOver } from '../carry-over.js';
import { neighbourShares } from '../neighbour-words.js';
import { phraseSwapper } from '../swap.js';
import { readPhraseGroups, swappedInWords } from '../training-data.js';
import { languageBatches, languageLoss } from './language-batches.js';
import type { JudgeTrainer } from './trainer.js';

type Texts = readonly (readonly string[])[];

interface LanguageData {
  /** The model that `from` names. */
  readonly base: OpenLanguageModel | undefined;
  readonly tokenizer: Tokenizer;
  readonly rows: Texts;
  readonly heldOut: Texts;
}

/** Trains an autoregressive model of a corpus and keeps the measured weights with the lowest held-out cost. */
export const languageModelTrainer: JudgeTrainer = {
  learnsFrom: 'corpus',
  async prepare(config, dataFolder) {
    const { base, tokenizer, rows, heldOut } = await readData(config, dataFolder);
    const size = sizeOf(config, tokenizer.vocabulary.size);
    const { names } = config.augmentation;
    const augment = names && phraseSwapper(await readPhraseGroups(locate(names.path), tokenizer), names.share);
    const { vocabulary } = tokenizer;
    const { wordDropout, dropout } = config;
    const set = { size, vocabulary, rows, augment, wordDropout, dropout, batchSize: config.optimizer.batchSize };
    const data = [rows, heldOut, vocabulary.tokens, ...(base ? [base.hash] : [])];
    const keep = await bestKeeper(config, size, tokenizer, data);
    return {
      data,
      parameters: causalParams(size),
      ...(base && { start: () => weightsFrom(base, { config, size, vocabulary, rows }) }),
      loss: languageLoss(size),
      batchAt: languageBatches(set, split(keyOf(config.seed), 'batches')),
      async measure(weights, step) {
        const nats = await costOf(heldOut, { config, size, tokenizer, weights });
        await keep(weights, nats, step);
        return { validation: { 'held out': nats }, perplexity: Math.exp(nats) };
      },
      saveModel: () => Promise.resolve(), // measure writes the best weights so far
    };
  },
};

function sizeOf({ network, maxTokens }: TrainJudgeConfig, vocabularySize: number): CausalSize {
  return { vocabularySize, maxTokens, ...network, feedForward: 4 * network.width };
}

/** Reads and splits the corpus. @throws InputError that names the file and what to do */
async function readData(config: TrainJudgeConfig, dataFolder: string): Promise<LanguageData> {
  const { file, validation, column, where, exclude } = config.corpus!;
  const textsOf = async (name: string, excluded?: Exclusion) => {
    const { rows } = await readCorpus(join(dataFolder, name), { column, field: column, where, exclude: excluded });
    return rows.map(({ text }) => splitWords(text));
  };
  const texts = await textsOf(file, await readExclusions(exclude && locate(exclude)));
  const held = new Set(validation === undefined ? twentieth(texts.length, config.seed) : []);
  const training = texts.filter((_, i) => !held.has(i));
  const rows = training.filter((words) => words.length <= config.maxTokens - 2);
  const heldOut = validation === undefined ? texts.filter((_, i) => held.has(i)) : await textsOf(validation);
  if (rows.length < 2 || heldOut.length === 0) {
    const found = `found ${rows.length} and ${heldOut.length}`;
    const expected = `expected at least 2 texts of at most ${config.maxTokens - 2} words to train on and 1 to validate on`;
    throw inputError(join(dataFolder, file), `${expected}, ${found}; raise maxTokens or give more texts`);
  }
  const base = await baseOf(config);
  const words = commonTokens(training, config.vocabulary.minCount);
  const known = base?.tokenizer.vocabulary.tokens ?? [];
  const tokenizer = wordTokenizer(vocabularyOf([...known, ...words, ...(await swappedInWords(config.augmentation))]));
  return { base, tokenizer, rows, heldOut };
}

/** Opens the language model that a training starts from. @throws InputError if it has another width, or is larger */
async function baseOf({ from, network, maxTokens }: TrainJudgeConfig): Promise<OpenLanguageModel | undefined> {
  if (from === undefined) return undefined;
  const base = await openLanguageModel(locate(from));
  const its = base.config;
  const sizes = [
    { path: '/network/width', found: network.width, wanted: its.width, isLeast: false },
    { path: '/network/heads', found: network.heads, wanted: its.heads, isLeast: false },
    { path: '/network/layers', found: network.layers, wanted: its.layers, isLeast: true },
    { path: '/maxTokens', found: maxTokens, wanted: its.maxTokens, isLeast: true },
  ];
  const wrong = sizes.filter(({ found, wanted, isLeast }) => (isLeast ? found < wanted : found !== wanted));
  if (wrong.length === 0) return base;
  throw new InputError(
    'config',
    wrong.map(({ path, found, wanted, isLeast }) => ({
      path,
      message: `expected ${isLeast ? 'at least ' : ''}${wanted}, as in ${from}, found ${found}`,
    })),
  );
}

/** A language model that continues from another. */
interface ContinuedModel extends Pick<LanguageData, 'rows'> {
  readonly config: TrainJudgeConfig;
  readonly size: CausalSize;
  readonly vocabulary: Vocabulary;
}

/** Returns initial weights from those of another model; a new word starts from the words with its neighbours, as with a denoiser. */
async function weightsFrom(base: OpenLanguageModel, { config, size, vocabulary, rows }: ContinuedModel): Promise<HostTensors> {
  const words = { axis: 0, shares: neighbourShares(vocabulary, base.tokenizer.vocabulary, rows) };
  const { weights } = await withWeights(base);
  const key = split(keyOf(config.seed), 'continue');
  return carryOver({ parameters: causalParams(size), base: weights, indexed: { embedding: words, prior: words }, key });
}

/** Returns the rows to hold out if the config names no validation corpus: a random twentieth, at least one. */
function twentieth(count: number, seed: number): Int32Array {
  return permutation(split(keyOf(seed), 'held out'), count).subarray(0, Math.max(1, Math.round(count / 20)));
}

interface Trained {
  readonly config: TrainJudgeConfig;
  readonly size: CausalSize;
  readonly tokenizer: Tokenizer;
  readonly weights: HostTensors;
}

/** Returns the mean cost of all texts in nats per token. */
async function costOf(texts: Texts, { config, size, tokenizer, weights }: Trained): Promise<number> {
  const device = await openDevice(config.device, config); // a separate device: the weights are constants of its programs
  try {
    const costs = await autoregressive(device, size, tokenizer.vocabulary, weights).nats(texts);
    return sum(costs.map(({ nats }) => nats)) / sum(costs.map(({ tokens }) => tokens));
  } finally {
    await device.dispose();
  }
}

/** Returns a function that saves weights if they cost less than all that this run has saved before. */
async function bestKeeper(config: TrainJudgeConfig, size: CausalSize, tokenizer: Tokenizer, data: unknown) {
  const run = jsonHash([config, data]);
  const before = await loadLanguageModelConfig(config.model).catch(() => undefined);
  let best = before?.heldOut?.run === run ? before.heldOut.natsPerToken : Infinity;
  return async (weights: HostTensors, natsPerToken: number, step: number): Promise<void> => {
    if (natsPerToken >= best) return;
    best = natsPerToken;
    const about: LanguageModelConfig = {
      ...{ format: 'diffusteer-language-model', version: 1 },
      ...size,
      heldOut: { natsPerToken, step, run },
    };
    await saveLanguageModel(config.model, { config: about, tokenizer, weights });
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
