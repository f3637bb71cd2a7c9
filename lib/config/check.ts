import type { Static, TSchema } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Problem } from '../base/errors.js';
import { closed } from './closed.js';
import { withDefaults } from './defaults.js';
import type { SchemaNode } from './expected.js';
import { isTooNested, TOO_NESTED } from './json.js';
import { wordErrors } from './wording.js';

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  discriminator: true,
  strict: true,
  strictTuples: false,
  strictRequired: false,
  strictTypes: false,
  ownProperties: true,
  // Each schema checks a few values, and compiling takes longer than they do: so it is neither optimised nor checked against the schema
  // of schemas. A type or keyword that does not exist is still refused.
  code: { optimize: false },
  validateSchema: false,
});
ajv.addKeyword({ keyword: 'ordered', type: 'array', schemaType: 'boolean', validate: isOrdered });
ajv.addKeyword({ keyword: 'path', type: 'string', schemaType: 'boolean' }); // see pathsIn
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** A value with the defaults of its schema filled in. It has its static type only if there are no problems. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/**
 * Checks a copy of `value` and fills in defaults. Keys that the schema does not list are problems, unless it sets
 * `additionalProperties: true`. A value that is nested too deep is not copied: filling in defaults would exhaust the stack.
 *
 * @param path prefix of the path of every problem
 */
export function check<S extends TSchema>(schema: S, value: unknown, path = ''): Checked<Static<S>> {
  if (isTooNested(value)) return { value: undefined as Static<S>, problems: [{ path, message: TOO_NESTED }] };
  const copy = withDefaults(schema as SchemaNode, value);
  const validate = validatorOf(schema);
  const problems = validate(copy) ? [] : wordErrors(validate.errors ?? []);
  return { value: copy, problems: problems.map((p) => ({ ...p, path: path + p.path })) };
}

/** Checks the options of a guide by its own schema. @returns the problems */
export const checkOptions = (schema: TSchema, value: unknown, path: string): readonly Problem[] =>
  check(schema, value, path).problems;

function validatorOf(schema: TSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const validate = ajv.compile(closed(schema));
  compiled.set(schema, validate);
  return validate;
}

function isOrdered(wanted: boolean, list: readonly unknown[]): boolean {
  return !wanted || list.every((item, i) => i === 0 || (list[i - 1] as number) <= (item as number));
}
