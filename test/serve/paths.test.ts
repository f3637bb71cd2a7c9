import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { type SchemaNode, schemas } from '../../lib/config/index.js';
import { withFolder } from '../tiny-model.js';
import { problemsOf, withEngine } from './with-engine.js';

interface StringOption {
  readonly keys: readonly string[];
  readonly isPath: boolean;
  readonly description: string;
}

/** Returns the options of a schema that may be strings, in objects and unions. */
function stringsIn(schema: SchemaNode, keys: readonly string[] = []): StringOption[] {
  const { type, anyOf = [], oneOf = [], properties = {}, description = '' } = schema as SchemaNode & { description?: string };
  const own = type === 'string' ? [{ keys, isPath: schema.path === true, description }] : [];
  const members = Object.entries(properties).flatMap(([key, member]) => stringsIn(member, [...keys, key]));
  return [...own, ...members, ...[...anyOf, ...oneOf].flatMap((one) => stringsIn(one, keys))];
}

const NAMES_A_FILE = ['file', 'folder', 'module', 'model', 'image', 'output', 'path', 'targets'];

describe('paths in requests', function () {
  this.timeout(60_000);
  const guides = [...builtInGuides.values()].map(({ name, options }) => [name, stringsIn(options as SchemaNode)] as const);

  it('are marked in the schemas of all options that name files', () => {
    const all = [['generate', stringsIn(schemas.generate as SchemaNode)] as const, ...guides];
    const names = (one: StringOption) =>
      NAMES_A_FILE.includes(one.keys.at(-1)!) || /^(An? |The )?(\w+ )?(file|folder)\b/i.test(one.description);
    const unmarked = all.flatMap(([schema, options]) =>
      options.flatMap((one) => (names(one) && !one.isPath ? [`${schema}: ${one.keys.join('/')}`] : [])),
    );
    expect(unmarked).to.deep.equal([]);
    expect(guides.flatMap(([, options]) => options.filter(({ isPath }) => isPath))).to.have.length.above(4);
  });

  it('lead nowhere outside, and tell nobody whether a file is there', () =>
    withFolder((outside) =>
      withEngine(async (engine, request) => {
        await mkdir(join(outside, 'is'));
        await writeFile(join(outside, 'is/file'), '{}');
        const refusal = async (path: string, changesOf: (value: string) => object) => {
          const said = [];
          for (const name of ['is', 'is/file', 'is-not']) {
            const value = join(outside, name);
            const problems = await problemsOf(engine, request(changesOf(value)));
            said.push(problems.map((problem) => problem.replaceAll(value, 'VALUE')));
          }
          const refused = [`${path}: expected a path inside the working folder of the server or the package, got "VALUE"`];
          expect(said, path).to.deep.equal([refused, refused, refused]);
        };
        for (const [guide, options] of guides)
          for (const { keys } of options.filter(({ isPath }) => isPath)) {
            const clause = (value: unknown) => keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
            await refusal(`/guidance/0/${keys.join('/')}`, (value) => ({ guidance: [{ guide, ...clause(value) }] }));
            await refusal(`/guidance/0/not/all/0/${keys.join('/')}`, (value) => ({
              guidance: [{ not: { all: [{ guide, ...clause({ from: 'file' }) }] } }],
              targets: [{ file: value }],
            }));
          }
        await refusal('/model', (model) => ({ model }));
        await refusal('/targets', (targets) => ({ targets }));
        await refusal('/decode/model', (model) => ({ decode: { name: 'joint', model } }));
        const branch = (of: object) => ({ branch: { of, text: '0-0', step: 1 } });
        await refusal('/branch/of/model', (model) => branch(request({ model })));
        await refusal('/branch/of/branch/of/guidance/0/file', (file) =>
          branch(request(branch(request({ guidance: [{ guide: 'only', file }] })))),
        );
      }),
    ));
});
