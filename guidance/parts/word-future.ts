import type { ModelInfo } from '../../lib/guide/contract.js';
import type { FutureSpec } from '../../lib/guide/future.js';
import type { AnnotatedRow } from '../../lib/text/types.js';

/** The classes of the word that was read and of the next ones: so far ahead a prefix still tells something. */
const AHEAD = 3;
/** The class of END and PAD; those of words follow. */
const NO_WORD = 0;

/** Classes of words, from 0 to `count(learned) - 1`. */
export interface WordClasses<O> {
  /** Where they are found in the training rows: their names. */
  learned?(rows: readonly AnnotatedRow[], model: ModelInfo): readonly string[];
  count(learned: readonly string[]): number;
  /** The class of each word of a row. */
  ofRow(row: AnnotatedRow, learned: readonly string[]): readonly number[];
  /** The classes that a control asks for, a word each; undefined where any will do. */
  wanted(options: O, learned: readonly string[]): readonly (readonly number[] | undefined)[];
  /** Whether a control allows more words than it speaks of. */
  isOpen?(options: O): boolean;
}

/** The classes of the last word of a prefix and of the three places behind it. */
export function wordFuture<O>(classes: WordClasses<O>): FutureSpec<O> {
  const { learned, count, ofRow, wanted, isOpen } = classes;
  return {
    learnsFrom: 'parses',
    ...(learned && { classes: learned }),
    questions: (_, names) => Array.from({ length: AHEAD + 1 }, () => count(names) + 1),
    answers(row, { maxTokens }, names) {
      const words = ofRow(row, names).map((c) => c + 1);
      return Int32Array.from({ length: maxTokens * (AHEAD + 1) }, (_, i) => {
        const place = Math.floor(i / (AHEAD + 1));
        return place <= words.length + 1 ? (words[place - 1 + (i % (AHEAD + 1))] ?? NO_WORD) : -1;
      });
    },
    asks(options, place, _, names) {
      const words = wanted(options, names).map((chosen) => chosen?.map((c) => c + 1));
      const any = Array.from({ length: count(names) }, (_, c) => c + 1);
      return Array.from({ length: AHEAD + 1 }, (_, ahead) => {
        const word = place - 1 + ahead;
        if (word < words.length) return words[word] ?? any;
        return isOpen?.(options) ? undefined : [NO_WORD];
      });
    },
  };
}
