import type { Problem } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import type { Target } from './targets.js';
import { at } from './wording.js';

export interface Resolved {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** Replaces every `{ "from": "field" }` inside `options` with that field of the target. A field that the target lacks is a problem. */
export function resolveFrom(options: unknown, target: Target, path: string): Resolved {
  const problems: Problem[] = [];
  const value = resolve(options, target, path, problems);
  return { value, problems };
}

function resolve(node: unknown, target: Target, path: string, problems: Problem[]): unknown {
  if (Array.isArray(node)) return node.map((item, i) => resolve(item, target, at(path, i), problems));
  if (typeof node !== 'object' || node === null) return node;
  const field = fieldOf(node);
  if (field === undefined) {
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolve(value, target, at(path, key), problems)]));
  }
  if (Object.hasOwn(target.fields, field)) return target.fields[field];
  problems.push({ path, message: missing(field, target) });
  return undefined;
}

/** Returns the fields that `{ "from": "field" }` names anywhere inside. */
export function takenFields(options: unknown): ReadonlySet<string> {
  if (typeof options !== 'object' || options === null) return new Set();
  const field = Array.isArray(options) ? undefined : fieldOf(options);
  return new Set(field === undefined ? Object.values(options).flatMap((inner) => [...takenFields(inner)]) : [field]);
}

/** Returns the field that `{ "from": "field" }` names. */
function fieldOf(node: object): string | undefined {
  const [[key, value] = [], ...others] = Object.entries(node) as [string, unknown][];
  return key === 'from' && typeof value === 'string' && others.length === 0 ? value : undefined;
}

function missing(field: string, { where, fields }: Target): string {
  const known = Object.keys(fields);
  const meant = nearest(field, known);
  const has = known.length === 0 ? 'it has no fields' : `it has ${known.join(', ')}`;
  return `${where} has no field ${JSON.stringify(field)}${meant === undefined ? '' : `, did you mean ${JSON.stringify(meant)}?`} (${has})`;
}
