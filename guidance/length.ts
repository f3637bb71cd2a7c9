import { Type, type Static } from '@sinclair/typebox';
import type { GuideFactory } from '../lib/sampler/guide.js';

const words = (description: string) => Type.Integer({ minimum: 0, description });

const options = Type.Object({
  length: Type.Union([
    Type.Integer({ minimum: 0, description: 'Words between START and END, punctuation included.' }),
    Type.Object({ min: Type.Optional(words('Fewest words.')), max: Type.Optional(words('Most words.')) }),
  ]),
});

type Options = Static<typeof options>;

/** The text has exactly `length` words, or from `min` to `max`. */
export default {
  name: 'length',
  summary: 'The text has a number of words, exact or in a range.',
  options,
  example: { length: 12 },
  places: ['posterior'],
  check({ length }, { maxTokens, wordLevel }) {
    const { min, max } = typeof length === 'number' ? { min: length, max: length } : { min: 0, max: maxTokens - 2, ...length };
    const most = maxTokens - 2;
    if (!wordLevel)
      return [
        {
          path: '/length',
          message: 'counts words, and a token of this model is a part of a word; use a model with a word tokenizer',
        },
      ];
    if (min > max) return [{ path: '/length', message: `expected min at most max, got ${min} and ${max}` }];
    if (max > most) return [{ path: '/length', message: `expected at most ${most} words, the canvas of this model, got ${max}` }];
    return [];
  },
  create: ({ model: { maxTokens, vocabulary } }) => ({
    via: 'posterior',
    factors({ length }) {
      const { size, end, pad } = vocabulary;
      const { min, max } = typeof length === 'number' ? { min: length, max: length } : { min: 0, max: maxTokens - 2, ...length };
      const logUnary = new Float32Array(maxTokens * size); // [L, V], 0 allows
      const forbid = (i: number, forbidden: (v: number) => boolean) => {
        for (let v = 0; v < size; v++) if (forbidden(v)) logUnary[i * size + v] = -Infinity;
      };
      for (let i = 1; i < maxTokens; i++) {
        // The words are 1 to n, END stands at n + 1 and PAD after it.
        if (i <= min) forbid(i, (v) => v === end || v === pad);
        if (i === min + 1) forbid(i, (v) => v === pad);
        if (i > max) forbid(i, (v) => v !== end && v !== pad);
        if (i > max + 1) forbid(i, (v) => v === end);
      }
      return { logUnary };
    },
  }),
} satisfies GuideFactory<Options>;
