import { bestSequence, marginals } from '../automaton/index.js';
import { decodeArgmax } from '../decode/index.js';
import type { RewardedText } from '../guide/contract.js';
import type { TextConstraint } from '../plan/text-factors.js';
import { fromTokenIds } from '../text/token-ids.js';
import type { Tokenizer } from '../text/types.js';

/** The text of a row. */
export interface RowText extends RewardedText {
  /** The whole sequence, START, END and PAD included, [L]. */
  readonly ids: Int32Array;
  /** Whether the words reach the end of the sequence without END. */
  readonly truncated: boolean;
}

/** Reads the rows of a batch off token probabilities, [B, L, V]. */
export interface RowReader {
  /** Decodes a row to the most probable text that its constraint accepts. */
  text(row: number, probs: Float32Array): RowText;
  /** Returns the text of a sequence. @param ids [L] */
  read(ids: Int32Array): RowText;
  /** Returns the probabilities of a row under its automaton, [L, V]. At the last step the sampler leaves the automaton to decoding. */
  constrained(row: number, probs: Float32Array, isLast: boolean): Float32Array;
}

/** Returns the reader of a batch. @param constraints of each row */
export function createRowReader(constraints: readonly TextConstraint[], tokenizer: Tokenizer): RowReader {
  const { vocabulary } = tokenizer;
  const ofRow = (row: number, probs: Float32Array) => {
    const size = probs.length / constraints.length;
    return probs.subarray(row * size, (row + 1) * size); // [L, V]
  };
  const read = (ids: Int32Array): RowText => {
    const { tokens, truncated } = fromTokenIds(ids, vocabulary);
    return { ids, tokens, truncated, text: tokenizer.detokenize(tokens) };
  };
  return {
    text(row, probs) {
      const { lattice, factors } = constraints[row]!;
      const own = ofRow(row, probs);
      return read(lattice ? bestSequence(lattice, own, factors) : decodeArgmax(own, vocabulary).ids);
    },
    read,
    constrained(row, probs, isLast) {
      const { lattice } = constraints[row]!;
      const own = ofRow(row, probs);
      if (!lattice || !isLast) return own;
      const out = new Float32Array(own.length);
      marginals(lattice, own, out);
      return out;
    },
  };
}
