import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { schemas } from '../../lib/config/index.js';
import { publishedSchemas, schemaText } from '../../lib/config/publish.js';
import { metricsSchema } from '../../lib/evaluate/metrics.js';

interface Node {
  properties?: Record<string, Node>;
  oneOf?: Node[];
  description?: string;
}

/** Returns the paths of all fields without a description. A group of fields needs none. */
function undescribed(node: Node, path: string): string[] {
  const own = node.description === undefined && node.properties === undefined ? [path] : [];
  const below = Object.entries(node.properties ?? {}).flatMap(([key, child]) => undescribed(child, `${path}/${key}`));
  return [...own, ...below, ...(node.oneOf ?? []).flatMap((branch) => undescribed(branch, path))];
}

describe('published schemas', () => {
  for (const [kind, text] of Object.entries({ ...publishedSchemas(), metrics: schemaText(metricsSchema) })) {
    it(`${kind}: the file is up to date (npm run schemas writes it)`, async () => {
      expect(await readFile(`schemas/${kind}.schema.json`, 'utf8')).to.equal(text);
    });
  }

  it('are plain JSON schema, which requires only fields without a default', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(publishedSchemas().generate) as object);
    expect(validate({ $schema: 'x', model: 'm', output: 'o', sampler: {}, guidance: [{ guide: 'length', length: 4 }] })).to.equal(
      true,
    );
    expect(validate({ model: 'm' })).to.equal(false);
    expect(validate({ model: 'm', output: 'o', modle: 1 })).to.equal(false);
  });

  it('describe every field', () => {
    for (const [kind, schema] of Object.entries({ ...schemas, metrics: metricsSchema }))
      expect(undescribed(schema as Node, kind)).to.deep.equal([]);
  });
});
