import { join } from 'node:path';
import { inputError } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { keyOf, permutation, split } from '../base/random.js';
import type { TrainConfig } from '../config/index.js';
import { openCheckpoint, type OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { type CorpusOptions, readCorpus } from '../text/corpus.js';
import { readExclusions } from '../text/exclusions.js';
import { loadTokenizer } from '../text/load-tokenizer.js';
import { readText } from '../text/read-text.js';
import type { Tokenizer } from '../text/types.js';
import { commonTokens, coverage, type Coverage, vocabularyOf } from '../text/vocabulary.js';
import { splitter, splitWords, wordTokenizer } from '../text/word-tokenizer.js';
import type { PhraseGroup } from './swap.js';

type TokenRow = readonly string[];

/** A corpus as training reads it, with a record of the rows left out. */
export interface TrainingData {
  /** The model that `from` names. */
  readonly base?: OpenCheckpoint | undefined;
  readonly tokenizer: Tokenizer;
  readonly rows: readonly TokenRow[];
  readonly validationRows: readonly TokenRow[];
  /** Coverage of the training rows by the vocabulary. */
  readonly coverage: Coverage;
  /** Line numbers without text. */
  readonly empty: readonly number[];
  /** Line numbers of the training corpus with more than maxTokens - 2 tokens. */
  readonly tooLong: readonly number[];
}

interface TokenLine {
  readonly line: number;
  readonly tokens: TokenRow;
}

/** Reads and tokenizes the corpus of a config. @throws InputError that names the file and what to do */
export async function readTrainingData(config: TrainConfig, dataFolder: string): Promise<TrainingData> {
  const { data, model } = config;
  const path = join(dataFolder, data.file);
  const options = corpusOptions(data);
  const base = config.from === undefined ? undefined : await openCheckpoint(locate(config.from));
  const corpus = await readCorpus(path, { ...options, exclude: await readExclusions(data.exclude && locate(data.exclude)) });
  const tokenizer = await tokenizerFor(
    config,
    corpus.rows.map(({ text }) => text),
    base,
  );
  const tokenized = corpus.rows.map(({ line, text }): TokenLine => ({ line, tokens: tokenizer.tokenize(text) }));
  const fits = ({ tokens }: TokenLine) => tokens.length <= model.maxTokens - 2;
  const fitting = tokenized.filter(fits);
  if (fitting.length < 2) {
    throw inputError(
      path,
      `expected at least 2 rows of at most ${model.maxTokens - 2} tokens, found ${fitting.length}; raise model.maxTokens`,
    );
  }
  const parts = data.validation
    ? { rows: fitting, held: await validationLines(join(dataFolder, data.validation), options, tokenizer, model.maxTokens) }
    : heldOut(fitting, data.split, config.seed);
  return {
    base,
    tokenizer,
    rows: parts.rows.map(({ tokens }) => tokens),
    validationRows: parts.held.map(({ tokens }) => tokens),
    coverage: coverage(
      parts.rows.map(({ tokens }) => tokens),
      tokenizer.vocabulary,
    ),
    empty: corpus.skipped.map(({ line }) => line),
    tooLong: tokenized.filter((row) => !fits(row)).map(({ line }) => line),
  };
}

/** Returns the layout of a corpus as a config gives it. */
export function corpusOptions({ column, field, format, where }: TrainConfig['data']): CorpusOptions {
  return {
    where,
    ...(column === undefined ? {} : { column }),
    ...(field === undefined ? {} : { field }),
    ...(format === undefined ? {} : { format }),
  };
}

/** Returns the tokenizer of a training: words of a base keep their ids, and new ones follow. */
async function tokenizerFor(
  { tokenizer, augmentation }: TrainConfig,
  texts: readonly string[],
  base?: OpenCheckpoint,
): Promise<Tokenizer> {
  if (tokenizer.name === 'file') return loadTokenizer(tokenizer.path.replace(/[/\\]?tokenizer\.json$/, '') || '.');
  const split = splitter(tokenizer.name);
  const rows = texts.map(split);
  const words = commonTokens(rows, tokenizer.minCount);
  const swapped = await swappedInWords(augmentation, split);
  const seen = tokenizer.name === 'words' && tokenizer.baseWords === 'seen' ? new Set(rows.flat()) : undefined;
  const known = (base?.tokenizer.vocabulary.tokens ?? []).filter((token) => seen?.has(token) ?? true);
  return wordTokenizer(vocabularyOf([...known, ...words, ...swapped]), tokenizer.name);
}

/**
 * Returns the words of the names that augmentation swaps in. They belong to the vocabulary however rare they are in the corpus, since
 * training shows all of them.
 */
export async function swappedInWords(
  { names }: TrainConfig['augmentation'],
  tokenize: (text: string) => string[] = splitWords,
): Promise<string[]> {
  if (!names) return [];
  const groups = await readPhraseGroups(locate(names.path), { tokenize });
  return groups.flat(2);
}

async function validationLines(
  path: string,
  options: CorpusOptions,
  tokenizer: Tokenizer,
  maxTokens: number,
): Promise<TokenLine[]> {
  const { rows } = await readCorpus(path, options);
  const lines = rows
    .map(({ line, text }) => ({ line, tokens: tokenizer.tokenize(text) }))
    .filter(({ tokens }) => tokens.length <= maxTokens - 2);
  if (lines.length === 0) throw inputError(path, `expected a row of at most ${maxTokens - 2} tokens to validate on, found none`);
  return lines;
}

/** Splits off a random share of the rows, at least one, to validate on if no other corpus is given. */
function heldOut(lines: readonly TokenLine[], share: number, seed: number): { rows: TokenLine[]; held: TokenLine[] } {
  const order = permutation(split(keyOf(seed), 'held out'), lines.length);
  const count = Math.min(lines.length - 1, Math.max(1, Math.round(lines.length * share)));
  const held = new Set(order.subarray(0, count));
  return { rows: lines.filter((_, i) => !held.has(i)), held: lines.filter((_, i) => held.has(i)) };
}

/** Reads groups of phrases from a text file: one phrase per line, an empty line between groups. */
export async function readPhraseGroups(path: string, tokenizer: Pick<Tokenizer, 'tokenize'>): Promise<PhraseGroup[]> {
  const text = await readText(path);
  const groups = text.split(/\r?\n\s*\r?\n/).map((group) =>
    group
      .split(/\r?\n/)
      .map((phrase) => tokenizer.tokenize(phrase))
      .filter((words) => words.length > 0),
  );
  return groups.filter((group) => group.length > 0);
}
