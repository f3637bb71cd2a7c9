import { Type, type GuideFactory, type Judge, type Static } from 'diffusteer';

const options = Type.Object({
  words: Type.Array(Type.String(), { minItems: 1, description: 'Words that the text must not have.' }),
});

type Options = Static<typeof options>;

/** None of the words stands in the text. */
export default {
  name: 'avoid',
  summary: 'Some words do not occur.',
  options,
  example: { words: ['cheap'] },
  places: ['posterior'],
  check: ({ words }, { model: { vocabulary } }) =>
    words.flatMap((word, i) =>
      vocabulary.id(word) === undefined ? [{ path: `/words/${i}`, message: `the vocabulary has no word "${word}"` }] : [],
    ),
  create: ({ model: { maxTokens, vocabulary } }) => ({
    via: 'posterior',
    factors({ words }) {
      const logUnary = new Float32Array(maxTokens * vocabulary.size); // [L, V], 0 allows
      for (const word of words)
        for (let i = 1; i < maxTokens; i++) logUnary[i * vocabulary.size + vocabulary.id(word)!] = -Infinity;
      return { logUnary };
    },
  }),
} satisfies GuideFactory<Options>;

/** Of the words that were to be avoided, the share that a text avoids. */
export const judge: Judge = {
  name: 'avoid',
  score: async (texts, targets) =>
    texts.map((text, i) => {
      const { words } = targets[i] as Options;
      return { value: words.filter((word) => !text.includes(word)).length / words.length };
    }),
};
