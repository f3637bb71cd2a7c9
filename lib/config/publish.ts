import type { TSchema } from '@sinclair/typebox';
import { closed } from './closed.js';
import { schemas, type ConfigKind } from './load.js';

/** Text of the JSON schema file of each kind of config, for editors: a key that has a default is not required there. */
export function publishedSchemas(): Record<ConfigKind, string> {
  const entries = Object.entries(schemas).map(([kind, schema]) => [kind, schemaText(schema)] as const);
  return Object.fromEntries(entries) as Record<ConfigKind, string>;
}

/** A schema as the text of a JSON schema file. */
export function schemaText(schema: TSchema): string {
  const body = JSON.parse(JSON.stringify(closed(schema)), withoutDefaulted) as object; // through JSON: no symbols of TypeBox
  return `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...allowingSchemaKey(body) }, null, 2)}\n`;
}

interface Fields {
  required?: string[];
  properties?: Record<string, { default?: unknown }>;
}

function withoutDefaulted(_key: string, value: unknown): unknown {
  const { required, properties, ...rest } = (value ?? {}) as Fields;
  if (!Array.isArray(required) || properties === undefined) return value;
  const needed = required.filter((name) => properties[name]?.default === undefined);
  return needed.length === 0 ? { ...rest, properties } : { ...rest, required: needed, properties };
}

/** A config may name its schema with `$schema`, which is how editors find it. */
const allowingSchemaKey = (schema: object): object => ({
  ...schema,
  properties: { $schema: { type: 'string' }, ...(schema as Fields).properties },
});
