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
      about: words('The number of words that is liked best; others are possible.'),
      spread: Type.Optional(
        Type.Number({ exclusiveMinimum: 0, description: 'Standard deviation in words: the larger, the weaker. Default: 2.' }),
      ),
    }),
  ]),
});

type Options = Static<typeof options>;

/** Words; the spread of a preference whose config gives none. */
const SPREAD = 2;

/** The text has exactly `length` words, or from `min` to `max`, or about so many. */
export default {
  name: 'length',
  summary: 'The text has a number of words: exact, in a range, or about so many.',
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

/** How many tokens follow, END included; class 0 is none. */
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

/** The words are 1 to n, END stands at n + 1 and PAD after it: what is forbidden where n is from `min` to `max`, [L, V]. */
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
 * Log-factors [L, V] that add up to f(n) = -(n - about)^2 / (2 spread^2) for a text of n words. f is spread over the places as the
 * differences that each makes: up to `about` END and PAD cost what the word that is missing would have won, behind it a word costs what
 * it loses. END alone, at n + 1, would say as much of a whole text, but little to the places where the text may go on or not.
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
