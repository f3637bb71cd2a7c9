import type { TSchema } from '@sinclair/typebox';
import type { SchemaNode } from './expected.js';
import { at } from './wording.js';

/** A value of a config that names a file or a folder. */
export interface ConfigPath {
  /** JSON path of the value. */
  readonly path: string;
  readonly value: string;
}

/** Lists the values that name files, by the keyword `path` of their schema. Values that the schema refuses are left out. */
export const pathsIn = (schema: TSchema, value: unknown, path = ''): ConfigPath[] => collect(schema as SchemaNode, value, path);

function collect(schema: SchemaNode, value: unknown, path: string): ConfigPath[] {
  if (typeof value === 'string') return schema.path || strings(schema).some((one) => one.path) ? [{ path, value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return Array.isArray(items) ? [] : value.flatMap((item, i) => collect(items as SchemaNode, item, at(path, i)));
  }
  const branches = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, member]) =>
    branches.flatMap(({ properties = {} }) =>
      Object.hasOwn(properties, key) ? collect(properties[key]!, member, at(path, key)) : [],
    ),
  );
}

const strings = ({ anyOf = [] }: SchemaNode): readonly SchemaNode[] => anyOf.filter(({ type }) => type === 'string');
