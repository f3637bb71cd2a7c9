import type { TSchema } from '@sinclair/typebox';

/** Returns the schema with `additionalProperties: false` in every object that lists its properties and does not say otherwise. */
export function closed(schema: TSchema): TSchema {
  return close(schema) as TSchema;
}

function close(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(close);
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) copy[key] = isData(key) ? value : close(value);
  if (copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy))
    copy['additionalProperties'] = false;
  return copy;
}

/** Returns whether the value of a keyword is data and not a schema. */
const isData = (key: string): boolean => ['default', 'const', 'enum', 'examples', 'required', 'discriminator'].includes(key);
