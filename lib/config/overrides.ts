import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../base/errors.js';
import { found, type SchemaNode } from './expected.js';
import { at, unknownKey } from './wording.js';

/**
 * Applies `path=value` overrides to a copy of a config. Paths are dotted (`sampler.steps`, `guidance.0.weight`); a value is read as
 * JSON, or as a string if it is not JSON. A path that the schema does not know is a problem. Another `name` of a choice such as `decode`
 * drops the fields of the config that the new choice does not have.
 */
export function applyOverrides(
  schema: TSchema,
  config: unknown,
  overrides: readonly string[],
): { value: unknown; problems: Problem[] } {
  const copy = structuredClone(config);
  const assignments = overrides.map(parsed);
  const given = new Set(assignments.flatMap((one) => ('keys' in one ? [one.keys.join('.')] : [])));
  const problems = assignments.flatMap((one) => {
    if (!('keys' in one)) return [one];
    const reached = reach(schema as SchemaNode, one.keys);
    if ('message' in reached) return [reached];
    const place = placeOf(copy, one.keys);
    if ('message' in place) return [place];
    dropOtherFields(place.members, reached.parents, one, given);
    place.members[one.keys.at(-1)!] = one.value;
    return [];
  });
  return { value: copy, problems };
}

interface Assignment {
  readonly keys: readonly string[];
  readonly value: unknown;
}

function parsed(override: string): Assignment | Problem {
  const [, path, text] = /^([^=]+)=(.*)$/s.exec(override) ?? [];
  if (path === undefined || text === undefined) return { path: '', message: `--set ${override}: expected path=value` };
  return { keys: path.split('.'), value: valueOf(text) };
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Returns the schemas that may apply to the parent of a path, or a problem if no branch of the schema has the path. */
function reach(root: SchemaNode, keys: readonly string[]): { readonly parents: readonly SchemaNode[] } | Problem {
  let nodes: readonly SchemaNode[] = branches(root, root);
  let parents = nodes;
  let parent = '';
  for (const key of keys) {
    const next = nodes.flatMap((node) => member(node, key)).flatMap((node) => branches(node, root));
    if (next.length === 0) {
      const properties = Object.assign({}, ...nodes.map((n) => n.properties ?? {})) as Record<string, SchemaNode>;
      const problem = unknownKey(parent, key, { properties });
      return { ...problem, message: `--set: ${problem.message}` };
    }
    [parents, nodes] = [nodes, next];
    parent = at(parent, key);
  }
  return { parents };
}

/** Returns the schemas that may apply to a value, with unions, references and conditions resolved. */
function branches(node: SchemaNode, root: SchemaNode): SchemaNode[] {
  if (node.$ref !== undefined) return branches(root.$defs?.[node.$ref.replace('#/$defs/', '')] ?? {}, root);
  const alternatives = [
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...(node.then ? [node.then] : []),
    ...(node.else ? [node.else] : []),
  ];
  return alternatives.length === 0 ? [node] : alternatives.flatMap((a) => branches(a, root));
}

const ANYTHING: SchemaNode = {};

function member(node: SchemaNode, key: string): SchemaNode[] {
  if (key === '__proto__') return [];
  if (node.properties !== undefined && Object.hasOwn(node.properties, key)) return [node.properties[key]!];
  if (node.items !== undefined && /^\d+$/.test(key)) {
    const item = Array.isArray(node.items) ? (node.items as readonly SchemaNode[])[Number(key)] : (node.items as SchemaNode);
    return item === undefined ? [] : [item];
  }
  const isOpen = node.additionalProperties === true || (node.type === undefined && node.enum === undefined && !('const' in node));
  return isOpen ? [ANYTHING] : [];
}

/** Returns what the last key of a path is a member of, with missing objects on the path created, or a problem. */
function placeOf(config: unknown, keys: readonly string[]): { readonly members: Record<string, unknown> } | Problem {
  let node = config;
  let parent = '';
  for (const key of keys.slice(0, -1)) {
    const problem = notAParent(node, key, parent);
    if (problem !== undefined) return problem;
    const members = node as Record<string, unknown>;
    if (!Object.hasOwn(members, key)) members[key] = {};
    node = members[key];
    parent = at(parent, key);
  }
  return notAParent(node, keys.at(-1)!, parent) ?? { members: node as Record<string, unknown> };
}

function notAParent(node: unknown, key: string, path: string): Problem | undefined {
  if (typeof node !== 'object' || node === null)
    return { path, message: `--set: expected an object or a list to set ${JSON.stringify(key)} in, got ${found(node)}` };
  if (!Array.isArray(node)) return undefined;
  const isNext = /^\d+$/.test(key) && Number(key) <= node.length;
  return isNext ? undefined : { path, message: `--set: expected an index from 0 to ${node.length}, got ${JSON.stringify(key)}` };
}

/** If a value names another choice, drops the fields that the choice does not have, except those that overrides give. */
function dropOtherFields(
  members: Record<string, unknown>,
  schemas: readonly SchemaNode[],
  { keys, value }: Assignment,
  given: ReadonlySet<string>,
): void {
  const name = keys.at(-1)!;
  const chosen = schemas.filter(({ properties }) => properties?.[name]?.const === value);
  if (chosen.length === 0 || members[name] === value) return;
  for (const key of Object.keys(members)) {
    const isKept =
      chosen.some(({ properties }) => Object.hasOwn(properties!, key)) || given.has([...keys.slice(0, -1), key].join('.'));
    if (!isKept) delete members[key];
  }
}
