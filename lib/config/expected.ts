/** The keywords of JSON schema that we use. */
export interface SchemaNode {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Our own keyword: the numbers of the list never decrease. */
  readonly ordered?: boolean;
  /** Our own keyword: the string names a file or a folder. */
  readonly path?: boolean;
  readonly items?: SchemaNode | readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly required?: readonly string[];
  readonly if?: SchemaNode;
  readonly then?: SchemaNode;
  readonly else?: SchemaNode;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly default?: unknown;
  readonly description?: string;
}

/** Describes what a schema expects: "an integer from 1 to 2000". */
export function expected(schema: SchemaNode): string {
  if (schema.enum !== undefined) return oneOf(schema.enum.map(quoted));
  if ('const' in schema) return quoted(schema.const);
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return oneOf(union.map(expected));
  switch (schema.type) {
    case 'integer':
      return `an integer${bounds(schema)}`;
    case 'number':
      return `a number${bounds(schema)}`;
    case 'string':
      return (schema.minLength ?? 0) > 0 ? 'a non-empty string' : 'a string';
    case 'array':
      return list(schema);
    case 'boolean':
      return 'true or false';
    case 'object':
      return object(schema);
    default:
      return 'a value';
  }
}

const oneOf = (alternatives: readonly string[]): string =>
  alternatives.length < 2 ? (alternatives[0] ?? 'nothing') : `${alternatives.slice(0, -1).join(', ')} or ${alternatives.at(-1)}`;

const quoted = (value: unknown): string => JSON.stringify(value);

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const low =
    minimum !== undefined ? `of at least ${minimum}` : exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : undefined;
  const high =
    maximum !== undefined ? `at most ${maximum}` : exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : undefined;
  const both = [low, high].filter((b) => b !== undefined).join(' and ');
  return both === '' ? '' : ` ${both}`;
}

function list({ items, minItems = 0, maxItems, ordered }: SchemaNode): string {
  const first = Array.isArray(items) ? (items as readonly SchemaNode[])[0] : (items as SchemaNode | undefined);
  const kind = first === undefined || (first.type === undefined && first.enum === undefined) ? '' : `, each ${expected(first)}`;
  if (minItems > 0 && minItems === maxItems) return `a list of ${minItems}${kind}${ordered ? ', in ascending order' : ''}`;
  return minItems > 0 ? `a list of at least ${minItems}${kind}` : `a list${kind}`;
}

function object({ properties = {} }: SchemaNode): string {
  const tag = properties['name'];
  return tag !== undefined && 'const' in tag ? `{ "name": ${quoted(tag.const)} }` : 'an object';
}

/** Quotes a value for an error message: JSON, shortened. */
export function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
