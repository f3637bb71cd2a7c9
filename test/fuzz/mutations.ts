import ts from 'typescript';

/** A change of a source file that its tests should notice. */
export interface Mutation {
  /** Of the replaced part, in characters from the start of the file. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** What an operator becomes: its bound moves, or it turns round. */
const OPERATORS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+=': '-=',
  '-=': '+=',
  '%': '*',
};

/**
 * Returns every mutation of a source file: operators, numbers, booleans, conditions turned round, calls and assignments left out. Types, imports
 * and what is thrown, whose wording is no claim, stay as they are.
 */
export function mutationsOf(path: string, text: string): Mutation[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Mutation[] = [];
  const add = (node: ts.Node, after: string): void => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    found.push({ start, end: node.getEnd(), line, before: node.getText(source), after });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isThrowStatement(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    mutate(node, add, source);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function mutate(node: ts.Node, add: (node: ts.Node, after: string) => void, source: ts.SourceFile): void {
  if (ts.isBinaryExpression(node)) {
    const after = OPERATORS[node.operatorToken.getText(source)];
    const isText = [node.left, node.right].some((side) => ts.isStringLiteral(side) || ts.isTemplateExpression(side));
    if (after !== undefined && !isText) add(node.operatorToken, after);
  } else if (ts.isNumericLiteral(node)) {
    add(node, `${Number(node.text) + 1}`);
  } else if (node.kind === ts.SyntaxKind.TrueKeyword) {
    add(node, 'false');
  } else if (node.kind === ts.SyntaxKind.FalseKeyword) {
    add(node, 'true');
  } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) {
    add(node.expression, `!(${node.expression.getText(source)})`);
  } else if (ts.isConditionalExpression(node)) {
    add(node.condition, `!(${node.condition.getText(source)})`);
  } else if (ts.isExpressionStatement(node)) {
    add(node, ';');
  }
}

/** Returns the JavaScript of a source file with a mutation. */
export function mutated(text: string, { start, end, after }: Mutation): string {
  const { outputText } = ts.transpileModule(text.slice(0, start) + after + text.slice(end), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  return outputText;
}
