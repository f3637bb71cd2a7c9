import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { type Block, blocksOf } from './read-markdown.js';

/** Inside the package, so that `diffusteer` resolves to the built package. */
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
  types: ['node'],
  rootDirs: [resolve('.'), FOLDER],
};

/** Returns the messages of the type checker about files written to `FOLDER`, whose subfolders mirror the repository. */
async function messagesOf(shown: readonly Block[], options: ts.CompilerOptions = OPTIONS): Promise<string[]> {
  const paths = shown.map(({ name }) => join(FOLDER, name));
  for (const [i, path] of paths.entries()) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, shown[i]!.text);
  }
  const program = ts.createProgram(paths, options);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

const shownIn = async (documents: readonly string[]): Promise<Block[]> =>
  (await Promise.all(documents.map(blocksOf))).flat().filter(({ language }) => language === 'ts');

describe('TypeScript in the documents', function () {
  this.timeout(120_000); // the types of tfjs are large
  afterEach(() => rm(FOLDER, { recursive: true, force: true }));

  it('passes the type checker, against the package as it is built', async () => {
    const shown = await shownIn(['docs/library.md', 'docs/writing-guides.md', 'docs/evaluation.md']);
    expect(shown.map(({ name }) => name)).to.deep.equal(['program.ts', 'avoid.ts', 'avoid.test.ts', 'run.ts', 'tagged.ts']);
    expect(await messagesOf(shown)).to.deep.equal([]);
  });

  it('passes the type checker as files of this repository', async () => {
    const shown = await shownIn(['CONTRIBUTING.md']);
    expect(shown.map(({ name }) => name)).to.deep.equal([
      'guidance/first-word.ts',
      'lib/judges/controls/first-word.ts',
      'scripts/commands/lengths.ts',
      'lib/engine/trace/kernels/scatter.ts',
    ]);
    expect(shown.filter(({ name }) => existsSync(name))).to.deep.equal([]);
    expect(await messagesOf(shown, { ...OPTIONS, lib: ['lib.es2023.d.ts'] })).to.deep.equal([]);
  });
});
