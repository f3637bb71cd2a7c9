import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

/** A relative import of a source file; both are paths from the root of the repository. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Returns the TypeScript files under folders. */
export function sourceFiles(roots: readonly string[]): string[] {
  const files = roots.flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => join(root, name)));
  return files.filter((name) => name.endsWith('.ts')).sort();
}

/** Returns every relative import of the files under folders: static, type-only, dynamic and re-exporting. */
export const importsOf = (roots: readonly string[]): Import[] =>
  sourceFiles(roots).flatMap((from) => importedBy(from, readFileSync(from, 'utf8')));

export function importedBy(from: string, text: string): Import[] {
  return ts
    .preProcessFile(text)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => ({ from, to: normalize(join(dirname(from), fileName)).replace(/\.js$/, '.ts') }));
}

/** Returns the names that a file declares and exports, without re-exports. */
export function declaredExports(path: string, text: string): string[] {
  const isExported = (node: ts.Statement): boolean =>
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  return source.statements.filter(isExported).flatMap((node) => namesOf(node));
}

function namesOf(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => (name as ts.Identifier).text);
  const { name } = node as ts.DeclarationStatement;
  return name && ts.isIdentifier(name) ? [name.text] : [];
}
