import type { ErrorObject } from 'ajv';
import type { Problem } from '../base/errors.js';
import { expected, found, type SchemaNode } from './expected.js';
import { nearest } from '../base/nearest.js';

/** Converts ajv's error records (made with `verbose`) to one problem per mistake. */
export function wordErrors(errors: readonly ErrorObject[]): Problem[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  const insideUnion = (e: ErrorObject) =>
    unions.some((u) => e.schemaPath.startsWith(`${u.schemaPath}/`) && e.instancePath.startsWith(u.instancePath));
  const problems = errors.filter((e) => e.keyword !== 'if' && !insideUnion(e)).map(wordError);
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path) && seen.add(path)); // several violated rules on one value are one mistake
}

function wordError({ keyword, instancePath, params, parentSchema, data }: ErrorObject): Problem {
  const schema = (parentSchema ?? {}) as SchemaNode;
  const param = (name: string) => (params as Record<string, string>)[name] ?? '';
  switch (keyword) {
    case 'additionalProperties':
      return unknownKey(instancePath, param('additionalProperty'), schema);
    case 'required': {
      const wanted = schema.properties?.[param('missingProperty')];
      return {
        path: at(instancePath, param('missingProperty')),
        message: `expected ${wanted ? expected(wanted) : 'a value'}, got nothing`,
      };
    }
    case 'discriminator':
      return {
        path: at(instancePath, param('tag')),
        message: `expected ${expected(tagsOf(schema, param('tag')))}, got ${found(param('tagValue') || undefined)}`,
      };
    default:
      return { path: instancePath, message: `expected ${expected(schema)}, got ${found(data)}` };
  }
}

/** Returns the problem of a key that no schema has. */
export function unknownKey(parent: string, key: string, schema: SchemaNode): Problem {
  const known = Object.keys(schema.properties ?? {});
  const meant = nearest(key, known);
  const choice = known.length === 0 ? 'this value has no members' : `expected one of ${known.join(', ')}`;
  const help = meant === undefined ? choice : `did you mean ${JSON.stringify(meant)}?`;
  return { path: at(parent, key), message: `unknown key, ${help}` };
}

/** Returns the JSON pointer of a member (RFC 6901). */
export const at = (parent: string, key: string | number): string =>
  `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

function tagsOf(schema: SchemaNode, tag: string): SchemaNode {
  return { anyOf: (schema.oneOf ?? []).map((branch) => branch.properties?.[tag] ?? {}) };
}
