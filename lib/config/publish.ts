import type { TSchema } from '@sinclair/typebox';
import { closed } from './closed.js';
import { schemas, type ConfigKind } from './load.js';

/** Returns the text of the JSON schema file of each kind of config, for editors. Keys that have a default are not required in it. */
export function publishedSchemas(): Record<ConfigKind, string> {
  const entries = Object.entries(schemas).map(([kind, schema]) => [kind, schemaText(schema)] as const);
  return Object.fromEntries(entries) as Record<ConfigKind, string>;
}

/** Formats a schema as the text of a JSON schema file. */
export function schemaText(schema: TSchema): string {
  const body = JSON.parse(JSON.stringify(closed(schema)), withoutDefaulted) as object; // JSON drops TypeBox's symbols
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

/** Allows the key `$schema`, by which editors find the schema of a config. */
const allowingSchemaKey = (schema: object): object => ({
  ...schema,
  properties: { $schema: { type: 'string' }, ...(schema as Fields).properties },
});
