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
  /** Decodes the beams of several searches in parallel, at most `width` of each. */
  beamDecoder(searches: number, width: number, options?: DecoderOptions & { readonly offered?: OfferedWords }): BeamDecoder;
}

/** Tokens of another vocabulary, of size V', as those of the model. All others never follow. */
export interface OfferedWords {
  /** The model's token for each, [V']; -1 for one that never follows. */
  readonly ids: Int32Array;
  /** Added to the log-probability of that token, nats, [V']; then the probabilities are normalised. */
  readonly shares: Float32Array;
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
   * @throws InputError if a row has no room for the token
   */
  next(tokens: readonly number[]): Promise<Float32Array[]>;
  /** Frees the cached rows. */
  dispose(): void;
}

/** A step of a beam. */
export interface BeamToken {
  /** The token that it appends; START begins the search anew. */
  readonly token: number;
  /** Index of the beam that it continues, among those that the search had at the step before. */
  readonly from: number;
}

export interface BeamDecoder {
  readonly searches: number;
  /** Most beams per search. */
  readonly width: number;
  /**
   * Appends a token to each beam.
   *
   * @param beams those of each search, all of one length; none for a search that does nothing
   * @returns for each search, the log-probabilities of the next token of each beam in nats, [V] each, as `Decoder.next` returns them; of the
   *   offered words, [V'], if there are any. They are the caller's to change
   * @throws InputError if a beam has no room for the token, or continues none
   */
  next(beams: readonly (readonly BeamToken[])[]): Promise<Float32Array[][]>;
}
