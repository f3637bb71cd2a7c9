import { type Static, type TObject, type TUnsafe, Type } from '@sinclair/typebox';

/** One of a few words. Written as `enum`, which reads better in an error and in an editor than a union of constants. */
export function enumOf<const T extends readonly string[]>(
  values: T,
  options: { description: string; default?: T[number] },
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

export const path = (description: string) => Type.String({ minLength: 1, description });

/** A span of the reverse steps as two fractions of the run, 0 at the noise and 1 at the text. */
export const stepWindow = (description: string) =>
  Type.Tuple([Type.Number({ minimum: 0, maximum: 1 }), Type.Number({ minimum: 0, maximum: 1 })], { description, ordered: true });

/** A part that may be left out as a whole: its fields then take their own defaults. */
export const allDefaults = { default: {} };

export const device = enumOf(['auto', 'onnx-cpu', 'onnx-webgpu', 'tfjs-node-gpu', 'tfjs-wasm', 'tfjs-cpu'], {
  description: 'Where the networks run. `auto` takes the fastest that works on this machine.',
  default: 'auto',
});

const precisionOf = (fallback: 'auto' | 'float32') =>
  enumOf(['auto', 'float32', 'int8'], {
    description:
      'In what products with the weights of large layers are computed. `int8` rounds them to 8 bits, which is quicker, on onnx-cpu; `auto` takes it where that is the device.',
    default: fallback,
  });

/** Of making texts, and of training what makes them: both come out as good (docs/benchmarks.md). */
export const precision = precisionOf('auto');
/** Of what measures, which is not to be rounded. */
export const judgePrecision = precisionOf('float32');

export const seed = Type.Integer({
  minimum: 0,
  maximum: 0x7fffffff,
  default: 1,
  description: 'All random numbers follow from it: the same seed on the same device gives the same result.',
});

/** One of several objects, told apart by their `name`. ajv then speaks of the branch that was meant. */
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

/** Changes made to training rows each time they are read. */
export const augmentation = Type.Object(
  {
    names: Type.Optional(
      Type.Object(
        {
          path: path('Text file, relative to the working directory, with a phrase a line; an empty line begins another group.'),
          share: Type.Number({ minimum: 0, maximum: 1, default: 0.5, description: 'Share of the rows that are changed.' }),
        },
        {
          description:
            'Phrases that may stand for each other, such as names: one found in a row is replaced by a random one of its group.',
        },
      ),
    ),
  },
  { ...allDefaults, description: 'Changes made to training rows each time they are read.' },
);

/** Values by dotted path, as `--set` takes them one by one. */
export const values = (description: string) => Type.Record(Type.String(), Type.Unknown(), { default: {}, description });
