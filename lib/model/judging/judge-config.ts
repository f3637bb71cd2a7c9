import { Type } from '@sinclair/typebox';

const count = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000, description });

/** Returns the schema of a list of names in a judge's config.json. */
export const names = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description });

/** Sizes of a text encoder in a judge's config.json. */
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
    words: names('known words'),
    suffixes: names('known suffixes: last three letters'),
  },
  { description: 'known words and suffixes' },
);
