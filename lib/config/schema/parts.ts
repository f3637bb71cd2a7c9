import { type Static, type TObject, type TUnsafe, Type } from '@sinclair/typebox';

/** Returns the schema of one of several words. An `enum` reads better in errors and editors than a union of constants. */
export function enumOf<const T extends readonly string[]>(
  values: T,
  options: { description: string; default?: T[number] },
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

/** Returns the schema of an option that names a file or a folder. A server refuses values that lie outside of its working folder and the package. */
export const path = (description: string, options: { default?: string } = {}) =>
  Type.String({ minLength: 1, path: true, description, ...options });

/** Returns the schema of a range of reverse steps as two fractions, from 0 (noise) to 1 (text). */
export const stepWindow = (description: string) =>
  Type.Tuple([Type.Number({ minimum: 0, maximum: 1 }), Type.Number({ minimum: 0, maximum: 1 })], { description, ordered: true });

/** Options of a group that may be omitted as a whole: its fields then take their own defaults. */
export const allDefaults = { default: {} };

export const device = enumOf(['auto', 'onnx-cpu', 'onnx-webgpu', 'tfjs-node-gpu', 'tfjs-wasm', 'tfjs-cpu'], {
  description: 'Device that runs the networks. `auto` takes the fastest that works on this machine.',
  default: 'auto',
});

const precisionOf = (fallback: 'auto' | 'float32') =>
  enumOf(['auto', 'float32', 'int8'], {
    description:
      'Precision of matrix products with the weights of large layers. `int8` rounds them to 8 bits, which is faster, on onnx-cpu only; `auto` takes it on that device.',
    default: fallback,
  });

/** Precision of generation and of the training of guides; `int8` gives equal quality (docs/benchmarks.md). */
export const precision = precisionOf('auto');
/** Precision of judges, which measure, and of long trainings, which `int8` makes diverge (docs/benchmarks.md). */
export const unrounded = precisionOf('float32');

export const seed = Type.Integer({
  minimum: 0,
  maximum: 0x7fffffff,
  default: 1,
  description: 'Random seed: the same seed on the same device gives the same result.',
});

/** Returns the schema of a union of objects that differ in `name`, so that ajv reports errors of the selected branch only. */
export function byName<T extends TObject[]>(
  branches: [...T],
  options: { description: string; default?: object },
): TUnsafe<Static<T[number]>> {
  return Type.Unsafe<Static<T[number]>>({
    type: 'object',
    oneOf: branches,
    discriminator: { propertyName: 'name' },
    ...options,
  });
}

/** Schema of the changes made to training rows each time they are read. */
export const augmentation = Type.Object(
  {
    names: Type.Optional(
      Type.Object(
        {
          path: path('Text file, relative to the working directory, with one phrase per line; an empty line starts a new group.'),
          share: Type.Number({ minimum: 0, maximum: 1, default: 0.5, description: 'Share of the rows that are changed.' }),
        },
        {
          description:
            'Interchangeable phrases, such as names: a phrase found in a row is replaced with a random one from its group.',
        },
      ),
    ),
  },
  { ...allDefaults, description: 'Changes made to training rows each time they are read.' },
);

/** Schema of the rows of a corpus to read, by values of its columns. */
export const where = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]), {
  default: {},
  description:
    'Values by column (or field): only rows that have them are read. A list names several values: `{ "source": ["clinc150", "snips"] }`.',
});

/** Schema of the rows of a training corpus to leave out, by what their texts match. */
export const exclude = path(
  'Text file, relative to the working directory, with one regular expression per line and comments after `#`: training rows whose text matches one are left out, such as those with faults that a model should not learn. Rows to validate on stay.',
);

/** Returns the schema of values by dotted path, as in `--set`. */
export const values = (description: string) => Type.Record(Type.String(), Type.Unknown(), { default: {}, description });

/** Returns the options that say which texts are near copies. @param others the texts that a text is compared with */
export const nearCopyBounds = (others: string) => ({
  ngram: Type.Integer({ minimum: 1, maximum: 8, default: 2, description: 'Words per n-gram of `overlap`.' }),
  overlap: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 0.8,
    description: `Largest share of n-grams that a text may have in common with ${others} (Dice coefficient). 1 refuses nothing.`,
  }),
});
