import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { FRAGMENTS } from './fragments.js';
import { declaredExports, type Import, importedBy, importsOf, sourceFiles } from './source-files.js';

/** A room of lib/ imports itself and rooms of lower rank. */
const RANKS: Readonly<Record<string, number>> = {
  base: 0,
  engine: 1,
  config: 2,
  text: 3,
  automaton: 4,
  model: 5,
  diffusion: 6,
  guide: 7,
  decode: 7,
  sampler: 8,
  judges: 8,
  metrics: 8,
  run: 9,
  plan: 10,
  shard: 11,
  baseline: 12,
  plugins: 12,
  workers: 13,
  generate: 14,
  train: 14,
  queue: 15,
  augment: 15,
  evaluate: 15,
  study: 16,
  certify: 16,
  report: 17,
  testing: 18,
  serve: 18,
  web: 19,
  'index.ts': 20,
};

/** Inside a room, a folder imports only folders that come before it in this list. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'lib/engine': ['onnx', 'gradients', 'trace', 'devices'],
  'lib/model': ['denoiser', 'checkpoint', 'causal', 'judging', 'external'],
  'lib/judges': ['parsers', 'fluency', 'controls'],
  'lib/train': ['denoiser', 'guides', 'judges', 'doctor'],
  'lib/augment': ['downstream', 'benchmark'],
  'lib/report': ['compare', 'page'],
  'lib/serve': ['http'],
};

/** Most files at one level of a folder, so that a newcomer reads the list at a glance. */
const MOST_FILES = 25;
/** A file with at most this number of lines and only one importer needs a reason to be separate. */
const FRAGMENT_LINES = 60;

/**
 * Names that have to be the same: a hook of Node's module loader, what a guide file exports for the baseline `fudge`, and what stands in for
 * modules of Node in browsers.
 */
const SHARED_NAMES = ['resolve', 'future', 'loadTfjs', 'open', 'readFile'];

const roomOf = (file: string): string => relative('lib', file).split('/')[0]!;
const isIn = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);
const isIndex = (file: string): boolean => basename(file) === 'index.ts';

function breaksRank({ from, to }: Import): boolean {
  const [own, other] = [roomOf(from), roomOf(to)];
  if (own === other) return breaksOrder({ from, to });
  return !(RANKS[other]! < RANKS[own]!); // an unknown room breaks the rule too
}

/** Returns whether a folder of a room imports one that comes after it. */
function breaksOrder({ from, to }: Import): boolean {
  const room = `lib/${roomOf(from)}`;
  const order = FOLDERS[room] ?? [];
  const [own, other] = [from, to].map((file) => order.indexOf(relative(room, file).split('/')[0]!)) as [number, number];
  return own >= 0 && other > own;
}

/** Returns one cycle of imports as a path, or undefined. */
function cycleIn(imports: readonly Import[]): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const cycle = visit(to, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Returns every file that one file reaches by imports, at load time or later. */
function reachedFrom(start: string, imports: readonly Import[]): Set<string> {
  const reached = new Set([start]);
  for (const file of reached) for (const { from, to } of imports) if (from === file) reached.add(to);
  return reached;
}

const arrows = (imports: readonly Import[]): string[] => imports.map(({ from, to }) => `${from} -> ${to}`);
const read = (file: string): string => readFileSync(file, 'utf8');

describe('imports', () => {
  const library = importsOf(['lib']);
  const all = importsOf(['lib', 'guidance', 'scripts']);

  it('go to rooms of lower rank, and inside a room to earlier folders', () => {
    expect(library).to.have.length.above(50);
    expect(arrows(library.filter((i) => isIn('lib', i.to) && breaksRank(i)))).to.deep.equal([]);
  });

  it('have a rank for every room, and an order for the folders inside', () => {
    expect(readdirSync('lib').filter((part) => RANKS[part] === undefined)).to.deep.equal([]);
    for (const [room, order] of Object.entries(FOLDERS))
      expect(order.filter((name) => !existsSync(join(room, name)))).to.deep.equal([]);
  });

  it('never leave lib/ for guides, scripts or tests', () => {
    expect(arrows(library.filter(({ to }) => !isIn('lib', to)))).to.deep.equal([]);
  });

  it('keep the judges apart from the guides and the sampler', () => {
    const judging = all.filter(({ from }) => isIn('lib/judges', from));
    expect(judging).to.have.length.above(5);
    expect(arrows(judging.filter(({ to }) => isIn('guidance', to) || isIn('lib/sampler', to)))).to.deep.equal([]);
  });

  it('never make `generate` load training code', () => {
    const reached = [...reachedFrom('lib/generate/generate.ts', library)];
    expect(reached).to.have.length.above(50);
    expect(reached.filter((file) => isIn('lib/train', file))).to.deep.equal([]);
  });

  it('have no cycles', () => {
    expect(cycleIn(all)?.join(' -> ')).to.equal(undefined);
  });

  it('are reported if they break these rules', () => {
    const typeOnly = importedBy(
      'lib/text/a.ts',
      "import type { A } from '../sampler/b.js';\nexport * from './c.js';\nconst d = await import('../model/d.js');",
    );
    expect(arrows(typeOnly.filter(breaksRank))).to.deep.equal([
      'lib/text/a.ts -> lib/sampler/b.ts',
      'lib/text/a.ts -> lib/model/d.ts',
    ]);
    expect(breaksRank({ from: 'lib/engine/a.ts', to: 'lib/config/b.ts' })).to.equal(true);
    expect(breaksRank({ from: 'lib/plan/a.ts', to: 'lib/generate/b.ts' })).to.equal(true);
    expect(breaksRank({ from: 'lib/plan/a.ts', to: 'lib/unknown/b.ts' })).to.equal(true);
    expect(breaksRank({ from: 'lib/train/guides/a.ts', to: 'lib/train/judges/b.ts' })).to.equal(true);
    expect(breaksRank({ from: 'lib/train/judges/a.ts', to: 'lib/train/guides/b.ts' })).to.equal(false);
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
    ];
    expect(cycleIn(circle)).to.deep.equal(['b', 'c', 'b']);
    expect([...reachedFrom('a', circle)]).to.deep.equal(['a', 'b', 'c']);
  });
});

describe('files', () => {
  const code = sourceFiles(['lib', 'guidance', 'scripts']);
  const folders = [...new Set(code.map((file) => dirname(file)))];

  it('export each name with one meaning', () => {
    const places = new Map<string, string[]>();
    for (const file of code)
      for (const name of declaredExports(file, read(file))) places.set(name, [...(places.get(name) ?? []), file]);
    const doubles = [...places].filter(([name, files]) => files.length > 1 && !SHARED_NAMES.includes(name));
    expect(places.size).to.be.above(500);
    expect(doubles.map(([name, files]) => `${name}: ${files.join(', ')}`)).to.deep.equal([]);
  });

  it(`are at most ${MOST_FILES} at one level of a folder`, () => {
    const crowded = folders.filter((folder) => code.filter((file) => dirname(file) === folder).length > MOST_FILES);
    expect(crowded).to.deep.equal([]);
  });

  it(`of at most ${FRAGMENT_LINES} lines that one file imports have a reason to be separate`, () => {
    const importers = new Map<string, Set<string>>();
    for (const { from, to } of importsOf(['lib', 'guidance', 'scripts']))
      if (!isIndex(from)) importers.set(to, (importers.get(to) ?? new Set()).add(from));
    const fragments = code.filter(
      (file) => !isIndex(file) && importers.get(file)?.size === 1 && read(file).trimEnd().split('\n').length <= FRAGMENT_LINES,
    );
    expect(fragments.filter((file) => FRAGMENTS[file] === undefined)).to.deep.equal([]);
    expect(Object.keys(FRAGMENTS).filter((file) => !fragments.includes(file))).to.deep.equal([]);
  });

  it('of each folder have an index that says what enters, what leaves and what it must not know', () => {
    const silent = folders
      .filter((folder) => isIn('lib', folder))
      .filter((folder) => {
        const index = join(folder, 'index.ts');
        return !existsSync(index) || !/^\/\*\*[^/]*\bTakes\b[^/]*\bgives\b[^/]*\bknows[\s*]+nothing[\s*]+of\b/.test(read(index));
      });
    expect(silent).to.deep.equal([]);
  });
});
