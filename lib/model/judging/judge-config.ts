import { Type } from '@sinclair/typebox';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

/** A list of names in config.json of a judge. */
export const names = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description });

/** Sizes of a text encoder, as config.json of a judge states them. */
export const networkConfig = Type.Object(
  {
    layers: count('transformer blocks'),
    width: count('width of the token states'),
    heads: count('attention heads'),
  },
  { description: 'the transformer' },
);

export const vocabularyConfig = Type.Object(
  {
    words: names('words that are known'),
    suffixes: names('last three letters that are known'),
  },
  { description: 'what is known of words' },
);
