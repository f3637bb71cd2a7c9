import { type Static, Type } from '@sinclair/typebox';
import type { GuideFactory } from '../lib/guide/contract.js';
import type { FutureSpec } from '../lib/guide/future.js';
import type { Vocabulary } from '../lib/text/types.js';
import { subwordProblems } from './parts/vocabulary-words.js';

const words = (description: string) => Type.Integer({ minimum: 0, description });

const options = Type.Object({
  length: Type.Union([
    Type.Integer({ minimum: 0, description: 'Words between START and END, punctuation included.' }),
    Type.Object({ min: Type.Optional(words('Fewest words.')), max: Type.Optional(words('Most words.')) }),
    Type.Object({
      about: words('The preferred number of words; others are possible.'),
      spread: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, description: 'Standard deviation of the preference in words. Default: 2.' }),
      ),
    }),
  ]),
});

type Options = Static<typeof options>;

/** The default spread of a preference, in words. */
const SPREAD = 2;

/** The text has exactly `length` words, or `min` to `max`, or about `about`. */
export default {
  name: 'length',
  summary: 'The text has a number of words: exact, in a range, or approximate.',
  options,
  example: { length: 12 },
  places: ['posterior'],
  check({ length }, { model }) {
    if (!model.wordLevel) return subwordProblems(model, '/length');
    const { min, max } = boundsOf(length, model.maxTokens);
    const most = model.maxTokens - 2;
    if (min > max) return [{ path: '/length', message: `expected min at most max, got ${min} and ${max}` }];
    if (max > most)
      return [{ path: '/length', message: `expected at most ${most} words, the longest text of this model, got ${max}` }];
    return [];
  },
  create: ({ model: { maxTokens, vocabulary } }) => ({
    via: 'posterior',
    factors({ length }) {
      if (typeof length === 'object' && 'about' in length) return { logUnary: preference(length, maxTokens, vocabulary) };
      return { logUnary: bounds(boundsOf(length, maxTokens), maxTokens, vocabulary) };
    },
  }),
} satisfies GuideFactory<Options>;

/** The number of tokens that follow, END included. */
export const future: FutureSpec<Options> = {
  learnsFrom: 'parses',
  questions: ({ maxTokens }) => [maxTokens],
  answers: ({ words }, { maxTokens }) =>
    Int32Array.from({ length: maxTokens }, (_, position) => Math.max(-1, words.length + 1 - position)),
  asks({ length }, position, { maxTokens }) {
    const { min, max } = boundsOf(length, Infinity);
    const wanted = Array.from({ length: maxTokens }, (_, left) => left).filter((left) => {
      const words = position + left - 1;
      return words <= maxTokens - 2 && words >= min && words <= max;
    });
    return [wanted];
  },
};

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function boundsOf(length: Options['length'], maxTokens: number): Bounds {
  if (typeof length === 'number') return { min: length, max: length };
  return 'about' in length ? { min: length.about, max: length.about } : { min: 0, max: maxTokens - 2, ...length };
}

/** Returns log-factors [L, V] that allow texts of `min` to `max` words. Words are at 1 to n, END at n + 1, PAD after it. */
function bounds({ min, max }: Bounds, maxTokens: number, { size, end, pad }: Vocabulary): Float32Array {
  const logUnary = new Float32Array(maxTokens * size); // 0 allows
  const forbid = (i: number, forbidden: (v: number) => boolean) => {
    for (let v = 0; v < size; v++) if (forbidden(v)) logUnary[i * size + v] = -Infinity;
  };
  for (let i = 1; i < maxTokens; i++) {
    if (i <= min) forbid(i, (v) => v === end || v === pad);
    if (i === min + 1) forbid(i, (v) => v === pad);
    if (i > max) forbid(i, (v) => v !== end && v !== pad);
    if (i > max + 1) forbid(i, (v) => v === end);
  }
  return logUnary;
}

/**
 * Returns log-factors [L, V] that add up to f(n) = -(n - about)^2 / (2 spread^2) for a text of n words. Each position i
 * carries the difference |f(i) - f(i - 1)|: up to `about` it is the cost of END and PAD, after it the cost of a word. One factor on END at
 * n + 1 would add up to the same for a whole text, but would tell the other positions little about whether it ends before them.
 */
function preference(
  { about, spread = SPREAD }: { about: number; spread?: number },
  maxTokens: number,
  { size, end, pad }: Vocabulary,
): Float32Array {
  const logUnary = new Float32Array(maxTokens * size);
  const f = (n: number) => -((n - about) ** 2) / (2 * spread ** 2);
  for (let i = 1; i < maxTokens; i++) {
    const cost = -Math.abs(f(i) - f(i - 1));
    for (let v = 0; v < size; v++) if ((v === end || v === pad) === i <= about) logUnary[i * size + v] = cost;
  }
  return logUnary;
}
