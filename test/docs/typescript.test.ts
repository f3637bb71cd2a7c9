import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { blocksOf } from './read-markdown.js';

/** Inside the package, so that `diffusteer` is the package itself, as built. */
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
};

describe('TypeScript in the documents', function () {
  this.timeout(120_000); // the types of tfjs are large
  after(() => rm(FOLDER, { recursive: true, force: true }));

  it('passes the type checker, against the package as it is built', async () => {
    const documents = await Promise.all(['README.md', 'docs/writing-guides.md', 'docs/evaluation.md'].map(blocksOf));
    const shown = documents.flat().filter(({ language }) => language === 'ts');
    expect(shown.map(({ name }) => name)).to.deep.equal(['program.ts', 'avoid.ts', 'avoid.test.ts', 'run.ts', 'tagged.ts']);
    await mkdir(FOLDER, { recursive: true });
    for (const { name, text } of shown) await writeFile(join(FOLDER, name), text);

    const program = ts.createProgram(
      shown.map(({ name }) => join(FOLDER, name)),
      OPTIONS,
    );
    const messages = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      return `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    expect(messages).to.deep.equal([]);
  });
});
