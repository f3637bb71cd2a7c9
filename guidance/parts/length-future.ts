import type { FutureSpec } from '../../lib/guide/contract.js';

/** How many tokens follow, END included: class 0 is none. */
export const lengthFuture = <O>(isWanted: (options: O, words: number) => boolean): FutureSpec<O> => ({
  learnsFrom: 'parses',
  questions: ({ maxTokens }) => [maxTokens],
  answers: ({ words }, { maxTokens }) =>
    Int32Array.from({ length: maxTokens }, (_, place) => Math.max(-1, words.length + 1 - place)),
  asks: (options, place, { maxTokens }) => [
    Array.from({ length: maxTokens }, (_, left) => left).filter((left) => {
      const words = place + left - 1;
      return words <= maxTokens - 2 && isWanted(options, words);
    }),
  ],
});
