import { Type, type GuideFactory, type Judge, type Static } from 'diffusteer';

const options = Type.Object({
  words: Type.Array(Type.String(), { minItems: 1, description: 'Words that the text must not contain.' }),
});

type Options = Static<typeof options>;

/** The text contains none of the words. */
export default {
  name: 'avoid',
  summary: 'The text contains none of some words.',
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

/** Scores a text by the share of the words that it avoids. */
export const judge: Judge = {
  name: 'avoid',
  score: async (texts, targets) =>
    texts.map((text, i) => {
      const { words } = targets[i] as Options;
      return { value: words.filter((word) => !text.includes(word)).length / words.length };
    }),
};
