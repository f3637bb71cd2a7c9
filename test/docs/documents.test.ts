import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { checkConfig, type ConfigKind, loadConfig, readTargets, takenFields } from '../../lib/config/index.js';
import { benchmarkRuns } from '../../lib/study/benchmark.js';
import { commandNames } from '../../scripts/commands/index.js';
import { blocksOf, commandsOf } from './read-markdown.js';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync('docs').map((name) => join('docs', name)),
  ...readdirSync('models', { recursive: true, encoding: 'utf8' }).map((name) => join('models', name)),
].filter((name) => name.endsWith('.md'));
const CONFIGS = readdirSync('configs', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => join('configs', name));

/** Returns the kind of a config, by a field that only its schema has. */
function kindOf(config: object): ConfigKind {
  if ('accept' in config) return 'certify';
  if ('perLabel' in config) return 'augment';
  if ('heldOut' in config) return 'augment-benchmark';
  if ('judge' in config) return 'train-judge';
  if ('grid' in config) return 'sweep';
  if ('rows' in config) return 'benchmark';
  if ('data' in config) return 'train';
  return 'guide' in config ? 'train-guide' : 'generate';
}

/** Returns the anchors of the headings of a Markdown file, as GitHub makes them. */
function sectionsOf(text: string): ReadonlySet<string> {
  const headings = text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replace(/ /g, '-'),
    ),
  );
}

/** Returns whether a file exists, or for `folder/start-*.json` any file that the shell would expand it to. */
function isThere(pattern: string): boolean {
  const [start, end] = pattern.split('*');
  if (end === undefined) return existsSync(pattern);
  return readdirSync(dirname(pattern)).some((name) => join(dirname(pattern), name).startsWith(start!) && name.endsWith(end));
}

describe('the documents', () => {
  const each = async <T>(read: (path: string) => Promise<readonly T[]>): Promise<T[]> =>
    (await Promise.all(DOCUMENTS.map(read))).flat();

  it('show commands that exist, with configs that exist or are shown', async () => {
    const commands = await each(async (path) => {
      const blocks = await blocksOf(path);
      const inline = [...(await readFile(path, 'utf8')).matchAll(/`npx\s+diffusteer\s+([^`]+)`/g)].map(([, line]) =>
        line!.split(/\s+/),
      );
      const shown = new Set(blocks.map(({ name }) => name));
      return [...commandsOf(blocks), ...inline].map((args) => ({ path, args, shown }));
    });
    expect(commands).to.have.length.above(15);
    for (const { path, args, shown } of commands) {
      const [name, first] = args;
      if (name === 'COMMAND') continue;
      expect(commandNames, path).to.include(name);
      if (first?.endsWith('.json')) expect(shown.has(first) || isThere(first), `${path}: ${first}`).to.equal(true);
    }
  });

  it('show values of --set that the config takes', async () => {
    const commands = await each(async (path) => commandsOf(await blocksOf(path)).map((args) => ({ path, args })));
    let checked = 0;
    for (const { path, args } of commands) {
      const set = args.flatMap((arg, i) => (args[i - 1] === '--set' ? [arg.replace(/^'(.*)'$/, '$1')] : []));
      if (set.length === 0 || !existsSync(args[1]!)) continue;
      const config = JSON.parse(await readFile(args[1]!, 'utf8')) as object;
      checkConfig(kindOf(config), config, { set, where: `${path}: ${args.join(' ')}` });
      checked++;
    }
    expect(checked).to.be.above(15);
  });

  it('link to existing files inside the repository', async () => {
    const links = await each(async (path) =>
      [...(await readFile(path, 'utf8')).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target]) =>
        join(dirname(path), target!),
      ),
    );
    expect(links).to.have.length.above(10);
    expect(links.filter((target) => relative('.', target).startsWith('..') || !existsSync(target))).to.deep.equal([]);
  });

  it('link to sections that exist', async () => {
    const sections = new Map(
      await Promise.all(DOCUMENTS.map(async (path) => [path, sectionsOf(await readFile(path, 'utf8'))] as const)),
    );
    const links = await each(async (path) =>
      [...(await readFile(path, 'utf8')).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].map(([link, file, section]) => {
        const target = file === '' ? path : join(dirname(path), file!);
        return { link: `${path}: ${link}`, isThere: sections.get(target)?.has(section!) ?? false };
      }),
    );
    expect(links).to.have.length.above(50);
    expect(links.filter(({ isThere }) => !isThere).map(({ link }) => link)).to.deep.equal([]);
  });

  it('are all in the index', async () => {
    const index = await readFile('docs/README.md', 'utf8');
    const missing = readdirSync('docs').filter(
      (name) => name.endsWith('.md') && name !== 'README.md' && !index.includes(`(${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it('list every command', async () => {
    const text = await readFile('docs/commands.md', 'utf8');
    expect(commandNames.filter((name) => !text.includes(`| \`${name} `) && !text.includes(`| \`${name}\``))).to.deep.equal([]);
  });

  it('show configs that pass their schema', async () => {
    const configs = await each(async (path) => {
      const blocks = (await blocksOf(path)).filter(({ language, text }) => language === 'json' && text.includes('"output":'));
      return blocks.map(({ text }) => ({ path, config: JSON.parse(text) as object }));
    });
    expect(configs).to.have.length.above(3);
    for (const { path, config } of configs) checkConfig(kindOf(config), config, { where: path });
  });

  it('describe every field of the config of a run', async () => {
    const text = await readFile('docs/configs.md', 'utf8');
    const schema = JSON.parse(await readFile('schemas/generate.schema.json', 'utf8')) as { properties: object };
    const fields = Object.keys(schema.properties).filter((name) => name !== '$schema');
    expect(fields.filter((name) => !text.includes(`| \`${name}\` |`))).to.deep.equal([]);
  });
});

describe('the configs', () => {
  it('name their schema for editors, and pass it', async () => {
    expect(CONFIGS).to.include('configs/quickstart.json').and.have.length.above(5);
    for (const path of CONFIGS) {
      const config = JSON.parse(await readFile(path, 'utf8')) as { $schema?: string };
      const kind = kindOf(config);
      checkConfig(kind, config, { where: path });
      if (config.$schema !== undefined) expect(join(dirname(path), config.$schema)).to.equal(`schemas/${kind}.schema.json`);
    }
  });

  it('of benchmarks have rows that change configs to valid ones', async () => {
    const runs = await benchmarkRuns(
      await loadConfig('benchmark', 'configs/paper-table.json'),
      { targets: 'configs/targets' },
      '',
    );
    expect(runs).to.have.length.above(30);
    expect(runs.filter(({ name, config }) => name.endsWith('-argmax') && config.decode.name !== 'argmax')).to.deep.equal([]);
  });

  it('have all fields that their guides take from the targets', async () => {
    for (const path of CONFIGS) {
      const { guidance, targets } = JSON.parse(await readFile(path, 'utf8')) as {
        guidance?: unknown;
        targets?: string | unknown[];
      };
      if (guidance === undefined || targets === undefined) continue;
      const wanted = [...takenFields(guidance)];
      const lacking = (await readTargets(targets)).flatMap(({ fields }) =>
        wanted.filter((field) => !Object.hasOwn(fields, field)),
      );
      expect(lacking, path).to.deep.equal([]);
    }
  });
});
