import type { ModelInfo } from '../../lib/guide/contract.js';
import type { FutureSpec } from '../../lib/guide/future.js';
import type { AnnotatedRow } from '../../lib/text/types.js';

/** The number of words to predict after the one that was read: further ahead, a prefix tells little. */
const AHEAD = 3;
/** The class of END and PAD; those of words are numbered from 1. */
const NO_WORD = 0;

/** Classes of words, numbered from 0 to `count(learned) - 1`. */
export interface WordClasses<O> {
  /** Returns their names, if they are found in the training rows. */
  learned?(rows: readonly AnnotatedRow[], model: ModelInfo): readonly string[];
  count(learned: readonly string[]): number;
  /** Returns the class of each word of a row. */
  ofRow(row: AnnotatedRow, learned: readonly string[]): readonly number[];
  /** Returns the classes that a control allows for each word; undefined for any. */
  wanted(options: O, learned: readonly string[]): readonly (readonly number[] | undefined)[];
  /** Returns whether a control allows further words. */
  isOpen?(options: O): boolean;
}

/** Predicts the classes of the last word of a prefix and of the next ones. */
export function wordFuture<O>(classes: WordClasses<O>): FutureSpec<O> {
  const { learned, count, ofRow, wanted, isOpen } = classes;
  return {
    learnsFrom: 'parses',
    ...(learned && { classes: learned }),
    questions: (_, names) => Array.from({ length: AHEAD + 1 }, () => count(names) + 1),
    answers(row, { maxTokens }, names) {
      const words = ofRow(row, names).map((c) => c + 1);
      return Int32Array.from({ length: maxTokens * (AHEAD + 1) }, (_, i) => {
        const position = Math.floor(i / (AHEAD + 1));
        return position <= words.length + 1 ? (words[position - 1 + (i % (AHEAD + 1))] ?? NO_WORD) : -1;
      });
    },
    asks(options, position, _, names) {
      const words = wanted(options, names).map((chosen) => chosen?.map((c) => c + 1));
      const any = Array.from({ length: count(names) }, (_, c) => c + 1);
      return Array.from({ length: AHEAD + 1 }, (_, ahead) => {
        const word = position - 1 + ahead;
        if (word < words.length) return words[word] ?? any;
        return isOpen?.(options) ? undefined : [NO_WORD];
      });
    },
  };
}
