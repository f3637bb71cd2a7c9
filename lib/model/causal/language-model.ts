import type { Vocabulary } from '../../text/types.js';

/** What a model takes a text to be worth. */
export interface Cost {
  /** -ln p of the words and of the END after them. */
  readonly nats: number;
  /** Words and END. */
  readonly tokens: number;
}

/** A model of texts from left to right: p(text) is the product of p(token | START, the tokens before it), END included. */
export interface LanguageModel {
  /** PAD, UNK, START, END and the words. */
  readonly vocabulary: Vocabulary;
  /** Longest text with START and END. */
  readonly maxTokens: number;
  /**
   * ln p(next | START, prefix), nats. START and PAD never follow: -Infinity. UNK, the class of all words that the model lacks, may.
   *
   * @param prefixes token ids without START, each at most `maxTokens - 1` long
   * @returns one row a prefix, each [V]
   * Errors: an InputError that names a prefix that is too long.
   */
  nextLogProbs(prefixes: readonly (readonly number[])[]): Promise<Float32Array[]>;
  /** The cost of each text. Words that the vocabulary lacks are UNK, so that the cost of any text is finite. */
  nats(texts: readonly (readonly string[])[]): Promise<Cost[]>;
  /** Goes through `rows` texts at once, a token of each at a time: what was worked out for the tokens before is kept. */
  decoder(rows: number, options?: DecoderOptions): Decoder;
}

export interface DecoderOptions {
  /** Whether UNK may follow; by default it has no probability, and the others are normalised without it. */
  readonly unknown?: boolean;
}

export interface Decoder {
  readonly rows: number;
  /**
   * Takes in the next token of each row and gives ln p of the one after it, nats, [V] a row, -Infinity where a token never follows.
   * START begins a row anew, whatever it held. What follows END means nothing; a row that is done may be fed PAD until it begins anew.
   *
   * @param tokens token ids, one a row
   * @param from the rows that the rows go on from, for beams: row i becomes row `from[i]` with `tokens[i]` after it. Default: themselves
   * Errors: an InputError where a row has no room for the token.
   */
  next(tokens: readonly number[], from?: readonly number[]): Promise<Float32Array[]>;
  /** Frees what is kept of the rows. */
  dispose(): void;
}
