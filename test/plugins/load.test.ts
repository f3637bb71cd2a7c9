import { expect } from 'chai';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { tf } from '../../lib/engine/index.js';
import { importPlugin } from '../../lib/guide/import.js';
import { loadPlugins } from '../../lib/plugins/load.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';
import { guideSource, writeFiles } from './files.js';

describe('plugins', function () {
  this.timeout(30_000); // starts tsx

  const withFiles = (files: Readonly<Record<string, string>>, use: (folder: string) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeFiles(folder, files);
      await use(folder);
    });
  const errorAt = async (files: Readonly<Record<string, string>>): Promise<string> => {
    let message = '';
    await withFiles(files, async (folder) => {
      message = (await errorOf(loadPlugins(folder, builtInGuides))).replaceAll(folder, 'DIR');
    });
    return message;
  };

  it('are the TypeScript and JavaScript files of a folder, without tests and subfolders', () =>
    withFiles(
      {
        'one.ts': `import type { GuideFactory } from 'diffusteer';\n${guideSource({ name: `'one' as string` })}`,
        'two.js': `import { letters } from './deep/letters.js';\n${guideSource({ name: 'letters' })}`,
        'three.mjs': guideSource({ name: `'three'` }),
        'one.test.ts': 'throw new Error("a test is no guide");',
        'types.d.ts': 'export type Letters = string;',
        'notes.md': 'no code',
        'deep/letters.ts': `export const letters: string = 'two';`,
      },
      async (folder) => {
        const { guides, judges } = await loadPlugins(folder, builtInGuides);
        expect([...guides.keys()]).to.have.members([...builtInGuides.keys(), 'one', 'two', 'three']);
        expect(guides.get('two')!.origin!.file).to.equal(join(folder, 'two.js'));
        expect(judges).to.deep.equal([]);
      },
    ));

  it('need no guide if the folder has a subfolder for rewards', () =>
    withFiles({ 'rewards/short.js': 'export default (text) => -text.length;' }, async (folder) => {
      const { guides } = await loadPlugins(folder, builtInGuides);
      expect([...guides.keys()]).to.have.members([...builtInGuides.keys()]);
    }));

  it('import the running copy of diffusteer and of tfjs, whatever is installed next to them', () =>
    withFiles(
      {
        'plugins/mine.ts': `import { tf } from 'diffusteer';\nimport * as tfjs from '@tensorflow/tfjs';\nimport './other.js';\nexport { tf, tfjs };`,
        'plugins/other.js': `import { builtInGuides } from 'diffusteer/guidance';\nglobalThis.guidesOfPlugin = builtInGuides;`,
        'node_modules/diffusteer/package.json': '{ "name": "diffusteer", "main": "index.js" }',
        'node_modules/diffusteer/index.js': 'throw new Error("another copy");',
      },
      async (folder) => {
        const module = await importPlugin(join(folder, 'plugins/mine.ts'));
        expect(module['tf']).to.equal(tf);
        expect((module['tfjs'] as { default: typeof tf }).default.engine()).to.equal(tf.engine());
        const shared = globalThis as { guidesOfPlugin?: unknown };
        expect(shared.guidesOfPlugin).to.equal(builtInGuides);
        delete shared.guidesOfPlugin;
      },
    ));

  it('that cannot be loaded are reported with line and reason', async () => {
    expect(await errorAt({ 'a.ts': `interface Unused { x: number }\n\nthrow new Error('no such lamp');` })).to.equal(
      'DIR/a.ts: cannot be loaded, error in line 3: no such lamp',
    );
    expect(await errorAt({ 'a.ts': 'export default {' })).to.match(
      /^DIR\/a\.ts: cannot be loaded, error in line 1: .*\n.*a\.ts:1:16/,
    );
    expect(await errorAt({ 'a.ts': `import './nowhere.js';` })).to.match(/^DIR\/a\.ts: cannot be loaded, error: .*nowhere/);
    expect(await errorAt({ 'readme.txt': '' })).to.equal(
      'DIR: holds no guide: expected files that end in .ts, .js or .mjs; `diffusteer new-guide` writes one',
    );
    expect(await errorOf(loadPlugins('/nowhere', builtInGuides))).to.contain('/nowhere: cannot be read as a folder of plugins');
  });

  it('without a guide are reported with their exports', async () => {
    expect(await errorAt({ 'a.ts': 'export const letters = 1, words = 2;' })).to.equal(
      'DIR/a.ts: default: expected the guide as the default export, the file exports letters, words; move files that are not guides into a folder inside this one',
    );
    expect(await errorAt({ 'a.ts': '' })).to.contain('the file exports nothing');
    expect(await errorAt({ 'a.ts': 'export default [3];' })).to.equal(
      'DIR/a.ts: default: expected one guide, an object, got [3]',
    );
  });

  it('that break the contract are reported with every broken rule, for all files at once', async () => {
    const broken = `export default { name: 'A b', sumary: 'x', options: 3, places: ['prior'], check: true, classifier: { learnsFrom: 3 } };\nexport const judge = { name: 'other' };`;
    const message = await errorAt({
      'broken.js': broken,
      'length.ts': guideSource({ name: `'length'` }),
      'twice.ts': guideSource({ name: `'one'` }),
      'once.ts': guideSource({ name: `'one'` }),
      'schema.ts': guideSource({
        example: `{ words: 'pond' }`,
        options: `Type.Object({ words: Type.Array(Type.String()), weight: Type.Number() })`,
      }),
      'example.ts': guideSource({ name: `'example'`, example: `{ words: 'pond' }` }),
    });
    expect(message.split('\n')).to.deep.equal([
      'DIR: 18 problems',
      '  DIR/broken.js: name: expected a name for configs, of lower-case letters, digits and dashes, got "A b"',
      '  DIR/broken.js: summary: expected a sentence, got nothing',
      '  DIR/broken.js: options: expected a schema made by Type.Object, got 3',
      '  DIR/broken.js: example: expected options that work',
      '  DIR/broken.js: places: expected a list of one or more of posterior, gradient, x0-gradient, project, particles, the default first, got ["prior"]',
      `  DIR/broken.js: classifier.learnsFrom: expected 'parses' or names of columns, got 3`,
      '  DIR/broken.js: classifier.outputs: expected a function, got nothing',
      '  DIR/broken.js: classifier.labels: expected a function, got nothing',
      '  DIR/broken.js: classifier.loss: expected a function, got nothing',
      '  DIR/broken.js: check: expected a function, got true',
      '  DIR/broken.js: create: expected a function, got nothing',
      '  DIR/broken.js: sumary: is not read, did you mean summary?',
      '  DIR/broken.js: judge.name: expected the name of the guide, "A b", got "other"',
      '  DIR/broken.js: judge.score: expected a function, got nothing',
      '  DIR/example.ts: example/words: expected a list, each a string, got "pond"',
      '  DIR/length.ts: name: "length" is taken by a guide that comes with diffusteer; choose another',
      '  DIR/schema.ts: options: expected other names than weight, which every clause of a config has',
      '  DIR/twice.ts: name: "one" is taken by DIR/once.ts; choose another',
    ]);
  });

  it('are reported if they share training incorrectly', async () => {
    const problemOf = (changes: Readonly<Record<string, string>>) => errorAt({ 'a.ts': guideSource(changes) });
    expect(await problemOf({ worksUntrained: `'yes'` })).to.equal('DIR/a.ts: worksUntrained: expected true or false, got "yes"');
    expect(await problemOf({ worksUntraind: 'true' })).to.equal(
      'DIR/a.ts: worksUntraind: is not read, did you mean worksUntrained?',
    );
    expect(await problemOf({ trainedAs: `{ postrior: 'pos' }` })).to.contain(
      'trainedAs: expected the names of guides by posterior',
    );
    expect(await problemOf({ trainedAs: `{ posterior: 3 }` })).to.contain('got {"posterior":3}');
    expect(await problemOf({ tables: `{ count: () => ({}), coutn: 3 }`, classifier: '3' })).to.equal(
      'DIR/a.ts: 2 problems\n  classifier: expected an object, got 3\n  tables.coutn: is not read, did you mean count?',
    );
  });

  it('with the old parameters of `check` are told the new ones', async () => {
    expect(await errorAt({ 'a.ts': guideSource({ check: '(options, model, via, classes) => []' }) })).to.equal(
      'DIR/a.ts: check: expected the parameters (options, { model, via, classes }), got 4 parameters',
    );
  });

  it('may export a discriminator for `fudge`, which is checked and registered with the guide', async () => {
    const functions = 'questions: () => [2], answers: () => new Int32Array(0), asks: () => [undefined]';
    const exported = (fields: string) => guideSource({}, `export const future = { ${fields} };`);
    await withFiles({ 'a.ts': exported(`learnsFrom: 'parses', ${functions}`) }, async (folder) => {
      const { guides } = await loadPlugins(folder, new Map());
      expect(guides.get('avoid')!.future!.questions({} as never, [])).to.deep.equal([2]);
    });
    await withFiles({ 'a.ts': exported(`learnsFrom: 'parses', ${functions.replace('[2]', '2')}`) }, async (folder) => {
      const { guides } = await loadPlugins(folder, new Map());
      expect(() => guides.get('avoid')!.future!.questions({} as never, [])).to.throw(
        'future.questions: the guide "avoid" must return the number of classes of each question, got 2',
      );
    });
    expect(await errorAt({ 'a.ts': exported(`learnsFrom: 3, ${functions}, class: 3`) })).to.equal(
      `DIR/a.ts: 2 problems\n  future.learnsFrom: expected 'parses' or names of columns, got 3\n  future.class: is not read, did you mean classes?`,
    );
    expect(await errorAt({ 'a.ts': guideSource({}, 'export const future = 3;') })).to.contain(
      'future: expected an object, got 3',
    );
    expect(await errorAt({ 'a.ts': guideSource({ future: `{ learnsFrom: 'parses' }` }) })).to.equal(
      'DIR/a.ts: future: is not read from the guide: export it by its name, `export const future = { ... }`',
    );
  });
});
