import { keysOf } from './json-source.js';

/** Longest line of the editor on which a list or an object is written. */
const EDITOR_LINE = 37;
/** The same for a config that is saved. */
export const FILE_LINE = 100;

/**
 * Formats JSON: what fits on a line stands on one.
 *
 * @param most longest line
 * @param before characters on the line before the value
 */
export function formatJson(value: unknown, most = EDITOR_LINE, indent = '', before = indent.length): string {
  const line = oneLine(value);
  if (typeof value !== 'object' || value === null || before + line.length <= most) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return block(
      '[]',
      indent,
      value.map((item) => formatJson(item, most, inner)),
    );
  return block(
    '{}',
    indent,
    Object.entries(value).map(([key, item]) => {
      const name = `${JSON.stringify(key)}: `;
      return name + formatJson(item, most, inner, inner.length + name.length);
    }),
  );
}

function block(brackets: string, indent: string, items: readonly string[]): string {
  return `${brackets[0]}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${brackets[1]}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** Returns the value at a path, or undefined. */
export function valueAt(root: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], root);
}

/**
 * Returns a copy with another value at a path; objects on the way are made.
 *
 * @param value undefined takes the member out
 */
export function withValue(root: unknown, path: string, value: unknown): unknown {
  return changed(root, keysOf(path), value);
}

function changed(root: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const old = (root as Record<string, unknown> | null | undefined)?.[key];
  const member = changed(old, rest, value);
  if (Array.isArray(root)) {
    const list: unknown[] = [...(root as unknown[])];
    if (member === undefined) list.splice(Number(key), 1);
    else list[Number(key)] = member;
    return list;
  }
  const object = { ...(root as Record<string, unknown> | undefined) };
  if (member === undefined) delete object[key];
  else object[key] = member;
  return object;
}
