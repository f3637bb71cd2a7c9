import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';

/** A folder or file of lib/ may import itself and what has a lower rank. */
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
  generate: 13,
  train: 13,
  evaluate: 14,
  report: 15,
  study: 16,
  testing: 17,
  'index.ts': 18,
};

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Relative imports of the source files under `roots`, as paths from here; type-only, dynamic and re-exporting ones too. */
function importsOf(roots: readonly string[]): Import[] {
  const files = roots.flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)));
  return files.filter((name) => name.endsWith('.ts')).flatMap((from) => importedBy(from, readFileSync(from, 'utf8')));
}

function importedBy(from: string, text: string): Import[] {
  return ts
    .preProcessFile(text)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => ({ from, to: normalize(join(dirname(from), fileName)).replace(/\.js$/, '.ts') }));
}

const partOf = (file: string): string => relative('lib', file).split('/')[0]!;
const isIn = (folder: string, file: string): boolean => file.startsWith(`${folder}/`);

function breaksRank({ from, to }: Import): boolean {
  const [own, other] = [partOf(from), partOf(to)];
  if (own === other) return false;
  if (RANKS[own] === 0) return RANKS[other] !== 0;
  return !(RANKS[other]! < RANKS[own]!); // an unknown part breaks the rule too
}

/** One cycle of imports as a path, or undefined. */
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

const arrows = (imports: readonly Import[]): string[] => imports.map(({ from, to }) => `${from} -> ${to}`);

describe('imports', () => {
  const library = importsOf(['lib']);
  const all = importsOf(['lib', 'guidance', 'scripts']);

  it('go to lower ranks or stay in their folder', () => {
    expect(library).to.have.length.above(50);
    expect(arrows(library.filter((i) => isIn('lib', i.to) && breaksRank(i)))).to.deep.equal([]);
  });

  it('know the rank of every part of lib/', () => {
    expect(readdirSync('lib').filter((part) => RANKS[part] === undefined)).to.deep.equal([]);
  });

  it('never leave lib/ for guides, scripts or tests', () => {
    expect(arrows(library.filter(({ to }) => !isIn('lib', to)))).to.deep.equal([]);
  });

  it('keep the judges apart from the guides and the sampler', () => {
    const judging = all.filter(({ from }) => isIn('lib/judges', from));
    expect(judging).to.have.length.above(5);
    expect(arrows(judging.filter(({ to }) => isIn('guidance', to) || isIn('lib/sampler', to)))).to.deep.equal([]);
  });

  it('do not run in circles', () => {
    expect(cycleIn(all)?.join(' -> ')).to.equal(undefined);
  });

  it('would be seen to break these rules', () => {
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
    expect(
      cycleIn([
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'b' },
      ]),
    ).to.deep.equal(['b', 'c', 'b']);
  });
});
