import { Type, type TSchema } from '@sinclair/typebox';
import { stepWindow } from './parts.js';

/** A guide with its own options, or a list of clauses that shall all hold. */
export type Clause = GuideClause | AllClause;

export interface AllClause {
  all: Clause[];
}

/** The keys beside these are the guide's options, checked by the guide's own schema. */
export interface GuideClause {
  guide: string;
  via?: 'posterior' | 'gradient' | 'x0-gradient' | 'project' | 'particles';
  weight?: number;
  window?: [number, number];
  [option: string]: unknown;
}

const guideClause = Type.Object(
  {
    guide: Type.String({ minLength: 1, description: 'Name of a guide; `diffusteer guides` lists them.' }),
    via: Type.Optional(
      Type.Unsafe<GuideClause['via']>({
        type: 'string',
        enum: ['posterior', 'gradient', 'x0-gradient', 'project', 'particles'],
        description: 'Where the guide acts. Default: the first place that the guide offers.',
      }),
    ),
    weight: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Multiplies the steering step of the gradient places, finite log-factors in `posterior`, and rewards in `particles`. Default: 1.',
      }),
    ),
    window: Type.Optional(
      stepWindow(
        'The part of the reverse steps in which the guide acts, as fractions from 0 (noise) to 1 (text). Default: [0, 0.95] for gradients, else [0, 1].',
      ),
    ),
  },
  {
    additionalProperties: true,
    description: 'A guide; further keys are its options, and `{ "from": "field" }` takes an option from the target.',
  },
);

const allClause = Type.Object({
  all: Type.Unsafe<Clause[]>({
    type: 'array',
    items: { $ref: '#/$defs/clause' },
    minItems: 1,
    description: 'Clauses that shall all hold.',
  }),
});

/** The `$defs` that a schema needs where it uses `clause`. `if` chooses the branch, so that an error speaks of the branch that was meant. */
export const clauseDefinition = {
  // A clause with a guide may have an option of the name `all`.
  clause: { type: 'object', if: { required: ['all'], not: { required: ['guide'] } }, then: allClause, else: guideClause },
};

export const clauses = (description: string): TSchema & { static: Clause[] } =>
  Type.Unsafe<Clause[]>({ type: 'array', items: { $ref: '#/$defs/clause' }, default: [], description });
