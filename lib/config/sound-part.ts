import type { Problem } from '../base/errors.js';
import { check } from './check.js';
import { readJson } from './json.js';
import { overridden, schemas, type ConfigKind, type ConfigOf, type LoadOptions } from './load.js';

export interface SoundPart<C> {
  /** The config without the values that its schema refuses, defaults in their place; undefined where it cannot stand without them. */
  readonly config: C | undefined;
  /** What the schema refuses. */
  readonly problems: readonly Problem[];
}

/** Reads a config that its schema may refuse, so that the rest can be checked too. Errors: an InputError where the file is no JSON. */
export async function loadSoundPart<K extends ConfigKind>(
  kind: K,
  path: string,
  options: LoadOptions = {},
): Promise<SoundPart<ConfigOf<K>>> {
  const { value, problems } = overridden(kind, await readJson(path), options);
  const refused = check(schemas[kind], value).problems;
  const rest = refused.reduce<unknown>((left, problem) => without(left, problem.path.split('/').slice(1)), value);
  const checked = check(schemas[kind], rest);
  return {
    config: checked.problems.length === 0 ? (checked.value as ConfigOf<K>) : undefined,
    problems: [...problems, ...refused],
  };
}

/** A copy without the member at a JSON path. Items of lists stay, since the paths of the later ones would change. */
function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, i) => (`${i}` === key ? without(item, rest) : item));
  const { [key]: member, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key]: without(member, rest) };
}
