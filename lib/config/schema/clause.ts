import { Type, type TSchema } from '@sinclair/typebox';
import { stepWindow } from './parts.js';

/** A guide with its own options, or clauses of which all, any or none must hold. */
export type Clause = GuideClause | AllClause | AnyClause | NotClause;

/** A number, or `auto` for a weight that adapts during sampling. */
export type Weight = number | 'auto' | { auto: { logProb?: number; min?: number; max?: number } };

export interface AllClause {
  all: Clause[];
  weight?: number;
  window?: [number, number];
}

export interface AnyClause {
  any: Clause[];
  weight?: Weight;
  window?: [number, number];
}

export interface NotClause {
  not: Clause;
  weight?: Weight;
  window?: [number, number];
}

/** Any other keys are the guide's options, checked against the guide's own schema. */
export interface GuideClause {
  guide: string;
  via?: 'posterior' | 'gradient' | 'x0-gradient' | 'project' | 'particles';
  weight?: Weight;
  window?: [number, number];
  [option: string]: unknown;
}

/** Checked in two steps, so that an error inside `auto` names the member and not the whole weight. */
const weight = Type.Unsafe<Weight>({
  anyOf: [{ type: 'number', minimum: 0 }, { const: 'auto' }, { type: 'object' }],
  if: { type: 'object' },
  then: Type.Object({
    auto: Type.Object({
      logProb: Type.Optional(
        Type.Number({ maximum: 0, description: 'Log-probability in nats to reach at the end of the window. Default: -2.' }),
      ),
      min: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Smallest weight. Default: 0.1.' })),
      max: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: 'Largest weight. Default: 3.' })),
    }),
  }),
  description:
    'Multiplies the steering step of gradient guides, finite log-factors in `posterior`, and rewards. `auto` adjusts it at every step so that the log-probability follows a schedule. Default: 1.',
});

const window = stepWindow(
  'The part of the reverse steps in which the clause acts, as fractions from 0 (noise) to 1 (text). Default: [0, 0.95] for gradients, else [0, 1].',
);

const guideClause = Type.Object(
  {
    guide: Type.String({ minLength: 1, description: 'Name of a guide; `diffusteer guides` lists them.' }),
    via: Type.Optional(
      Type.Unsafe<GuideClause['via']>({
        type: 'string',
        enum: ['posterior', 'gradient', 'x0-gradient', 'project', 'particles'],
        description: 'Where the guide acts. Default: the first place that it supports.',
      }),
    ),
    weight: Type.Optional(weight),
    window: Type.Optional(window),
  },
  {
    additionalProperties: true,
    description: 'A guide. Further keys are its options; `{ "from": "field" }` takes an option from the target.',
  },
);

const clause = { $ref: '#/$defs/clause' };
const list = (description: string) => Type.Unsafe<Clause[]>({ type: 'array', items: clause, minItems: 1, description });

const allClause = Type.Object({
  all: list('Clauses that must all hold.'),
  weight: Type.Optional(Type.Number({ minimum: 0, description: 'Multiplies the weights of the clauses inside. Default: 1.' })),
  window: Type.Optional(stepWindow('The clauses inside act only in this part of the reverse steps.')),
});

const anyClause = Type.Object({
  any: list('Clauses of which at least one must hold; all act at the same place.'),
  weight: Type.Optional(weight),
  window: Type.Optional(window),
});

const notClause = Type.Object({
  not: Type.Unsafe<Clause>({ ...clause, description: 'A clause that must not hold.' }),
  weight: Type.Optional(weight),
  window: Type.Optional(window),
});

/** Selects the first branch whose key is present, else `otherwise`. Guides come first, since they may have options named `all` and `any`. */
const byKey = (branches: readonly (readonly [key: string, schema: TSchema])[], otherwise: object): object =>
  branches.reduceRight<object>((rest, [key, schema]) => ({ if: { required: [key] }, then: schema, else: rest }), otherwise);

/** The `$defs` that a schema with clauses needs. `if` selects the branch, so that an error refers to the branch that was meant. */
export const clauseDefinition = {
  clause: {
    type: 'object',
    ...byKey(
      [
        ['guide', guideClause],
        ['all', allClause],
        ['any', anyClause],
        ['not', notClause],
      ],
      guideClause,
    ),
  },
};

/** Returns the schema of a list of clauses. */
export const clauses = (description: string): TSchema & { static: Clause[] } =>
  Type.Unsafe<Clause[]>({ type: 'array', items: clause, default: [], description });
