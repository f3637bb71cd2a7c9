import { Type } from '@sinclair/typebox';

export const lists = Type.Optional(
  Type.Record(Type.String(), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), {
    description: 'Lists of words or phrases, by the name that `{name}` or `<name>` calls them.',
  }),
);

export const ignoreCase = Type.Boolean({ default: false, description: 'Whether upper and lower case are the same.' });
