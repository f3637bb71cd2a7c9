import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { type Block, blocksOf } from './read-markdown.js';

/** Inside the package, so that `diffusteer` resolves to the built package. Its subfolders mirror the repository. */
const FOLDER = resolve('dist/test-docs/typescript');

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  rootDirs: [resolve('.'), FOLDER],
};

/** Programs against the package as it is built, and files of this repository. */
const OUTSIDE = ['docs/library.md', 'docs/writing-guides.md', 'docs/evaluation.md'];
const INSIDE = ['CONTRIBUTING.md'];

describe('TypeScript in the documents', function () {
  this.timeout(120_000); // the types of tfjs are large

  let shown: Map<string, Block[]>;
  let messages: string[];
  before(async () => {
    shown = new Map(await Promise.all([...OUTSIDE, ...INSIDE].map(async (path) => [path, await typeScriptOf(path)] as const)));
    messages = await messagesOf([...shown.values()].flat());
  });
  after(() => rm(FOLDER, { recursive: true, force: true }));

  const namesIn = (documents: readonly string[]) => documents.flatMap((path) => shown.get(path)!.map(({ name }) => name));
  const messagesAbout = (documents: readonly string[]) =>
    messages.filter((message) => namesIn(documents).some((name) => message.startsWith(`${join(FOLDER, name)}:`)));

  it('passes the type checker, against the package as it is built', () => {
    expect(namesIn(OUTSIDE)).to.deep.equal(['program.ts', 'plugins/avoid.ts', 'plugins/avoid.test.ts', 'run.ts', 'tagged.ts']);
    expect(messagesAbout(OUTSIDE)).to.deep.equal([]);
  });

  it('passes the type checker as files of this repository', () => {
    expect(namesIn(INSIDE)).to.deep.equal([
      'guidance/first-word.ts',
      'lib/judges/controls/first-word.ts',
      'scripts/commands/lengths.ts',
      'lib/engine/trace/kernels/scatter.ts',
    ]);
    expect(namesIn(INSIDE).filter((name) => existsSync(name))).to.deep.equal([]);
    expect(messagesAbout(INSIDE)).to.deep.equal([]);
  });

  it('breaks nothing else', () => {
    expect(messages).to.deep.equal([]);
  });
});

const typeScriptOf = async (path: string): Promise<Block[]> => (await blocksOf(path)).filter(({ language }) => language === 'ts');

/** Returns the messages of the type checker about files written to `FOLDER`. One program: the types of tfjs take seconds to read. */
async function messagesOf(files: readonly Block[]): Promise<string[]> {
  const paths = files.map(({ name }) => join(FOLDER, name));
  for (const [i, path] of paths.entries()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, files[i]!.text);
  }
  return ts.getPreEmitDiagnostics(ts.createProgram(paths, OPTIONS)).map(({ file, messageText }) => {
    return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
