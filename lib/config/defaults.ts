import type { SchemaNode } from './expected.js';

/** Returns a copy of `value` with the defaults of its schema for missing values. In a union, `name` chooses the branch. */
export function withDefaults(schema: SchemaNode, value: unknown): unknown {
  if (value === undefined) return schema.default === undefined ? undefined : withDefaults(schema, schema.default);
  if (Array.isArray(value)) return value.map((item, i) => withDefaults(itemSchema(schema, i), item));
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Record<string, unknown>;
  const properties = { ...schema.properties, ...branchOf(schema, given)?.properties };
  const copy: Record<string, unknown> = { ...given };
  for (const [key, property] of Object.entries(properties)) {
    const filled = withDefaults(property, Object.hasOwn(given, key) ? given[key] : undefined);
    if (filled !== undefined) copy[key] = filled;
  }
  return copy;
}

function itemSchema({ items = {} }: SchemaNode, index: number): SchemaNode {
  return Array.isArray(items) ? ((items as readonly SchemaNode[])[index] ?? {}) : (items as SchemaNode);
}

function branchOf(schema: SchemaNode, value: Record<string, unknown>): SchemaNode | undefined {
  return schema.oneOf?.find(({ properties }) => properties?.['name']?.const === value['name']);
}
