import { isRecord } from '../base/is-record.js';
import type { Problem } from '../base/errors.js';
import { check } from './check.js';
import { readJson } from './json.js';
import { type ConfigKind, type ConfigOf, type LoadOptions, overridden, schemas } from './load.js';

/** The part of a config that its schema accepts. */
export interface SoundPart<C> {
  /** The config without refused values, with defaults; undefined if it is not an object. A required value may be missing. */
  readonly config: Partial<C> | undefined;
  /** The problems of the rest. */
  readonly problems: readonly Problem[];
}

/** Reads a config that its schema may refuse, so that the rest can be checked too. @throws InputError if the file is not JSON */
export const loadSoundPart = async <K extends ConfigKind>(
  kind: K,
  path: string,
  options: LoadOptions = {},
): Promise<SoundPart<ConfigOf<K>>> => soundPart(kind, await readJson(path), options);

/** Does the same for a config in memory. */
export function soundPart<K extends ConfigKind>(kind: K, json: unknown, options: LoadOptions = {}): SoundPart<ConfigOf<K>> {
  const schema = schemas[kind];
  const { value, problems } = overridden(kind, json, options);
  const refused = check(schema, value).problems;
  const rest = refused.reduce<unknown>((left, problem) => without(left, keysOf(problem)), value);
  const broken = check(schema, rest).problems; // values whose required members were removed are removed as well
  const sound = broken.reduce<unknown>((left, problem) => without(left, keysOf(problem).slice(0, 1)), rest);
  return {
    config: isRecord(sound) ? (check(schema, sound).value as Partial<ConfigOf<K>>) : undefined,
    problems: [...problems, ...refused],
  };
}

const keysOf = ({ path }: Problem): string[] => path.split('/').slice(1);

/** Copies a value without the member at a JSON path. Items of lists stay, since the paths of later ones would change. */
function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, i) => (`${i}` === key ? without(item, rest) : item));
  const { [key]: member, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [key]: without(member, rest) };
}
