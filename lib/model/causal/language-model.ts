import type { Vocabulary } from '../../text/types.js';

/** Cost of a text under a language model. */
export interface Cost {
  /** Negative log-probability of the words and the END after them, nats. */
  readonly nats: number;
  /** Number of words, plus one for END. */
  readonly tokens: number;
}

/** An autoregressive model of texts: p(text) is the product of p(token | START, the tokens before it), END included. */
export interface LanguageModel {
  /** PAD, UNK, START, END and the words. */
  readonly vocabulary: Vocabulary;
  /** Length limit of a text with START and END. */
  readonly maxTokens: number;
  /**
   * Returns log p(next | START, prefix) in nats. START and PAD never follow: -Infinity. UNK, the class of all words missing from
   * the vocabulary, may follow.
   *
   * @param prefixes token ids without START, each of at most `maxTokens - 1` tokens
   * @returns one row per prefix, each [V]
   * @throws InputError that names each prefix that is too long
   */
  nextLogProbs(prefixes: readonly (readonly number[])[]): Promise<Float32Array[]>;
  /** Returns the cost of each text. Words missing from the vocabulary count as UNK, so every text has a finite cost. */
  nats(texts: readonly (readonly string[])[]): Promise<Cost[]>;
  /** Decodes `rows` texts in parallel, one token of each per step; keys and values of earlier tokens are cached. */
  decoder(rows: number, options?: DecoderOptions): Decoder;
}

export interface DecoderOptions {
  /** Lets UNK follow. By default its probability is 0 and the others are normalised without it. */
  readonly unknown?: boolean;
}

export interface Decoder {
  readonly rows: number;
  /**
   * Appends a token to each row and returns the log-probabilities of the next one in nats, [V] per row, -Infinity for tokens that
   * never follow. START restarts a row, whatever it held. Results after END are meaningless; a finished row may be fed PAD until it
   * restarts.
   *
   * @param tokens one token id per row
   * @param from for beam search: row i continues row `from[i]` with `tokens[i]`; by default each row continues itself
   * @throws InputError if a row has no room for the token
   */
  next(tokens: readonly number[], from?: readonly number[]): Promise<Float32Array[]>;
  /** Frees the cached rows. */
  dispose(): void;
}
