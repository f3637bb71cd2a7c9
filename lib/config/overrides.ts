import type { TSchema } from '@sinclair/typebox';
import type { Problem } from '../base/errors.js';
import { found, type SchemaNode } from './expected.js';
import { at, unknownKey } from './wording.js';

/**
 * Applies `path=value` overrides to a copy of a config. Paths are dotted (`sampler.steps`, `guidance.0.weight`); a value is read as
 * JSON, or as a string if it is not JSON. A path that the schema does not know is a problem.
 */
export function applyOverrides(
  schema: TSchema,
  config: unknown,
  overrides: readonly string[],
): { value: unknown; problems: Problem[] } {
  const copy = structuredClone(config);
  const problems: Problem[] = [];
  for (const override of overrides) {
    const problem = apply(schema as SchemaNode, copy, override);
    if (problem !== undefined) problems.push(problem);
  }
  return { value: copy, problems };
}

function apply(root: SchemaNode, config: unknown, override: string): Problem | undefined {
  const [, path, text] = /^([^=]+)=(.*)$/s.exec(override) ?? [];
  if (path === undefined || text === undefined) return { path: '', message: `--set ${override}: expected path=value` };
  const keys = path.split('.');
  return unknownPath(root, keys) ?? assign(config, keys, valueOf(text));
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Returns a problem if no branch of the schema has this path. */
function unknownPath(root: SchemaNode, keys: readonly string[]): Problem | undefined {
  let nodes: readonly SchemaNode[] = branches(root, root);
  let parent = '';
  for (const key of keys) {
    const next = nodes.flatMap((node) => member(node, key)).flatMap((node) => branches(node, root));
    if (next.length === 0) {
      const properties = Object.assign({}, ...nodes.map((n) => n.properties ?? {})) as Record<string, SchemaNode>;
      const problem = unknownKey(parent, key, { properties });
      return { ...problem, message: `--set: ${problem.message}` };
    }
    nodes = next;
    parent = at(parent, key);
  }
  return undefined;
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

/** Writes the value and creates missing objects on its path. */
function assign(config: unknown, keys: readonly string[], value: unknown): Problem | undefined {
  let node = config;
  let parent = '';
  for (const [depth, key] of keys.entries()) {
    const problem = notAParent(node, key, parent);
    if (problem !== undefined) return problem;
    const members = node as Record<string, unknown>;
    if (depth === keys.length - 1) members[key] = value;
    else if (!Object.hasOwn(members, key)) members[key] = {};
    node = members[key];
    parent = at(parent, key);
  }
  return undefined;
}

function notAParent(node: unknown, key: string, path: string): Problem | undefined {
  if (typeof node !== 'object' || node === null)
    return { path, message: `--set: expected an object or a list to set ${JSON.stringify(key)} in, got ${found(node)}` };
  if (!Array.isArray(node)) return undefined;
  const isNext = /^\d+$/.test(key) && Number(key) <= node.length;
  return isNext ? undefined : { path, message: `--set: expected an index from 0 to ${node.length}, got ${JSON.stringify(key)}` };
}
