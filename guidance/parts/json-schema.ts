import { wordIds } from '../../lib/automaton/index.js';
import type { Problem } from '../../lib/base/errors.js';
import { isRecord } from '../../lib/base/is-record.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import type { WordLists } from './pattern-meanings.js';

/** The JSON texts that a schema accepts, as a grammar over the tokens of a model. */
export interface SchemaGrammar {
  readonly grammar: string;
  readonly lists: WordLists;
  /** Everything in the schema that is not supported or that the model cannot spell, with its path. */
  readonly problems: Problem[];
}

type Json = Readonly<Record<string, unknown>>;

/** Keys of a schema that say nothing about its texts. */
const SAID = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples'];
const KEYS: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength'],
  integer: ['minimum', 'maximum'],
  number: [],
  boolean: [],
  null: [],
};
/** Most values of an integer with bounds. */
const MAX_VALUES = 10_000;

/**
 * Translates a JSON Schema of a flat object to a grammar of its compact JSON, with the properties in the order of the schema. It
 * supports scalar types with lengths or bounds, `enum`, `const` and `required`.
 */
export function schemaGrammar(schema: Json, model: ModelInfo): SchemaGrammar {
  const problems: Problem[] = [];
  const writer = new Writer(model, problems);
  const { type, properties, required = [], additionalProperties, ...others } = schema;
  if (type !== 'object') writer.refuse('/type', `expected "object", got ${JSON.stringify(type)}`);
  if (additionalProperties !== undefined && additionalProperties !== false)
    writer.refuse('/additionalProperties', 'expected false: a text has no other properties');
  if (!isRecord(properties)) writer.refuse('/properties', 'expected an object of properties');
  writer.refuseOthers(others, [], '');
  const all = Object.entries(isRecord(properties) ? properties : {});
  if (!Array.isArray(required)) writer.refuse('/required', 'expected a list of properties');
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  for (const name of needed)
    if (!all.some(([key]) => key === name)) writer.refuse('/required', `"properties" has no ${JSON.stringify(name)}`);
  const members = all.map(([name, own]) => writer.member(name, own));
  return { grammar: objectRules(members, all.map(([name]) => needed.has(name))), lists: writer.lists, problems }; // prettier-ignore
}

/** Returns the rules of an object: `first_i` before the first written member, `more_i` after one. */
function objectRules(members: readonly string[], needed: readonly boolean[]): string {
  const rules = members.flatMap((member, i) => {
    const [first, more] = needed[i] ? ['', ''] : [` | first_${i + 1}`, ` | more_${i + 1}`];
    return [
      `member_${i} ::= ${member}`,
      `first_${i} ::= member_${i} more_${i + 1}${first}`,
      `more_${i} ::= "," member_${i} more_${i + 1}${more}`,
    ];
  });
  const last = members.length;
  return [`object ::= "{" first_0 "}"`, ...rules, `first_${last} ::= ""`, `more_${last} ::= ""`].join('\n');
}

/** Returns a text as a terminal of a grammar. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

class Writer {
  readonly lists: Record<string, readonly string[]> = {};
  /** Whether a token is a character. */
  readonly #characters: boolean;
  readonly #tokens: readonly string[];

  constructor(
    readonly model: ModelInfo,
    readonly problems: Problem[],
  ) {
    this.#characters = model.split('10').length === 2;
    this.#tokens = wordIds(model.vocabulary).map((id) => model.vocabulary.tokens[id]!);
    for (const sign of ['{', '}', '"', ':', ',']) this.#literal(sign, '');
  }

  refuse(path: string, message: string): string {
    this.problems.push({ path: `/schema${path}`, message });
    return '""';
  }

  refuseOthers(given: Json, known: readonly string[], path: string): void {
    for (const key of Object.keys(given))
      if (!known.includes(key) && !SAID.includes(key))
        this.refuse(`${path}/${key}`, `is not supported; expected ${[...known, 'title', 'description'].join(', ')}`);
  }

  /** Returns the expression of a property with its name. */
  member(name: string, schema: unknown): string {
    const path = `/properties/${name}`;
    const key = this.#literal(`${JSON.stringify(name)}:`, path);
    if (!isRecord(schema)) return this.refuse(path, 'expected a schema, an object');
    return `${key} (${this.#value(schema, path)})`;
  }

  #value(schema: Json, path: string): string {
    const { type, enum: values, const: value, ...others } = schema;
    if (values !== undefined || value !== undefined) {
      this.refuseOthers(others, ['type', 'enum', 'const'], path);
      const all: readonly unknown[] = value !== undefined ? [value] : Array.isArray(values) ? values : [];
      if (all.length === 0 || all.some((one) => typeof one === 'object' && one !== null))
        return this.refuse(path, 'expected strings, numbers, true, false or null to choose from');
      return all.map((one) => this.#literal(JSON.stringify(one), path)).join(' | ');
    }
    const types: readonly unknown[] = Array.isArray(type) ? type : [type];
    const known = types.filter((one): one is string => typeof one === 'string' && Object.hasOwn(KEYS, one));
    if (known.length === 0 || known.length < types.length)
      return this.refuse(
        `${path}/type`,
        `expected ${Object.keys(KEYS).join(', ')} (objects are flat), got ${JSON.stringify(type)}`,
      );
    this.refuseOthers(others, known.flatMap((one) => KEYS[one]!), path); // prettier-ignore
    return known.map((one) => this.#ofType(one, others, path)).join(' | ');
  }

  #ofType(type: string, schema: Json, path: string): string {
    switch (type) {
      case 'string':
        return this.#string(schema, path);
      case 'integer':
        return this.#integer(schema, path);
      case 'number':
        return this.#characters
          ? `${this.#digits(path)} ${this.#has('.') ? '("." <digit>+)?' : ''}`
          : this.#list('number', /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/, path);
      case 'boolean':
        return `${this.#literal('true', path)} | ${this.#literal('false', path)}`;
      default:
        return this.#literal('null', path);
    }
  }

  #string({ minLength = 0, maxLength = Infinity }: Json, path: string): string {
    const bounds = [minLength, maxLength];
    if (!bounds.every((bound) => typeof bound === 'number' && bound >= 0) || bounds[0]! > bounds[1]!)
      return this.refuse(path, 'expected minLength and maxLength as numbers, the smaller first');
    if (!this.#characters && (minLength !== 0 || maxLength !== Infinity))
      return this.refuse(path, 'minLength and maxLength count characters: they need a model of characters');
    this.#list('unsafe', /["\\\p{Cc}]/u, path);
    const most = Number(maxLength) < this.model.maxTokens ? String(maxLength) : '';
    return `"\\"" [^ <unsafe>]{${String(minLength)},${most}} "\\""`;
  }

  #integer({ minimum, maximum }: Json, path: string): string {
    if (typeof minimum === 'number' && typeof maximum === 'number') {
      const [least, most] = [Math.ceil(minimum), Math.floor(maximum)];
      if (most < least || most - least >= MAX_VALUES)
        return this.refuse(path, `expected 1 to ${MAX_VALUES} integers from "minimum" to "maximum"`);
      const spelled = Array.from({ length: most - least + 1 }, (_, i) => String(least + i)).filter((text) =>
        this.#isSpelled(text),
      );
      return spelled.length > 0
        ? spelled.map(quoted).join(' | ')
        : this.refuse(path, 'the vocabulary of this model has none of these integers');
    }
    if (maximum !== undefined || (minimum !== undefined && minimum !== 0))
      return this.refuse(path, 'expected both "minimum" and "maximum", or "minimum": 0 alone');
    return this.#characters
      ? this.#digits(path, minimum !== 0)
      : this.#list('integer', minimum === 0 ? /^(?:0|[1-9]\d*)$/ : /^-?(?:0|[1-9]\d*)$/, path);
  }

  /** Returns the expression of an integer in digits. */
  #digits(path: string, signed = true): string {
    const nonzero = this.#list('nonzero', /^[1-9]$/, path);
    const digit = this.#list('digit', /^\d$/, path);
    return `${signed && this.#has('-') ? '"-"?' : ''} (${this.#has('0') ? '"0" | ' : ''}${nonzero} ${digit}*)`;
  }

  /** Makes a list of the tokens that match, and returns its name. */
  #list(name: string, pattern: RegExp, path: string): string {
    const tokens = this.#tokens.filter((token) => pattern.test(token));
    if (tokens.length === 0) return this.refuse(path, `the vocabulary of this model has no token for "${name}"`);
    this.lists[name] = tokens;
    return `<${name}>`;
  }

  #literal(text: string, path: string): string {
    const lacks = this.model.split(text).find((word) => !this.#has(word));
    return lacks === undefined
      ? quoted(text)
      : this.refuse(path, `the vocabulary of this model cannot spell ${text}: it has no ${JSON.stringify(lacks)}`);
  }

  #has(word: string): boolean {
    return this.model.vocabulary.id(word) !== undefined;
  }

  #isSpelled(text: string): boolean {
    return this.model.split(text).every((word) => this.#has(word));
  }
}
