import { nearest } from '../../base/nearest.js';
import type { GrammarSpot } from './grammar-signs.js';
import type { Grammar, GrammarExpression, GrammarRule } from './grammar.js';

/** A part of an expression that stands for words or for a rule. */
export type GrammarLeaf = Extract<GrammarExpression, { kind: 'terminal' | 'reference' }>;

/** Returns the terminals and references of an expression, in order. */
export function leavesOfExpression(expression: GrammarExpression): GrammarLeaf[] {
  switch (expression.kind) {
    case 'terminal':
    case 'reference':
      return [expression];
    case 'repeat':
      return leavesOfExpression(expression.part);
    default:
      return expression.parts.flatMap(leavesOfExpression);
  }
}

/** Returns the problems of the rules of a grammar among each other: rules that are defined twice, missing, never used, or without a text. */
export function ruleProblems({ rules }: Grammar): string[] {
  const byName = new Map<string, GrammarRule>();
  const twice = rules.flatMap((rule) => {
    const first = byName.get(rule.name);
    if (first === undefined) byName.set(rule.name, rule);
    return first === undefined ? [] : [at(rule, `"${rule.name}" is already defined in line ${first.line}; join the two with |`)];
  });
  const missing = rules.flatMap(({ body }) =>
    leavesOfExpression(body).flatMap((leaf) =>
      leaf.kind === 'reference' && !byName.has(leaf.name) ? [at(leaf, missingRule(leaf.name, [...byName.keys()]))] : [],
    ),
  );
  if (twice.length + missing.length > 0) return [...twice, ...missing];
  return [...unreached(rules, byName), ...withoutText(rules)];
}

const at = ({ line, column }: GrammarSpot, message: string): string => `line ${line}, column ${column}: ${message}`;

function missingRule(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return `no rule is named "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`} (a word is written in quotes, a tag as <NOUN>)`;
}

function unreached(rules: readonly GrammarRule[], byName: ReadonlyMap<string, GrammarRule>): string[] {
  const reached = new Set([rules[0]!]);
  for (const { body } of reached)
    for (const leaf of leavesOfExpression(body)) if (leaf.kind === 'reference') reached.add(byName.get(leaf.name)!);
  return rules.flatMap((rule) =>
    reached.has(rule)
      ? []
      : [at(rule, `"${rule.name}" is never used in a text of "${rules[0]!.name}", the first rule; remove it`)],
  );
}

function withoutText(rules: readonly GrammarRule[]): string[] {
  const ends = new Set<string>(); // rules with a finite text
  const hasText = (expression: GrammarExpression): boolean => {
    switch (expression.kind) {
      case 'terminal':
        return true;
      case 'reference':
        return ends.has(expression.name);
      case 'choice':
        return expression.parts.some(hasText);
      case 'sequence':
        return expression.parts.every(hasText);
      case 'repeat':
        return expression.min === 0 || hasText(expression.part);
    }
  };
  for (let before = -1; before < ends.size;) {
    before = ends.size;
    for (const { name, body } of rules) if (hasText(body)) ends.add(name);
  }
  return rules.flatMap((rule) =>
    ends.has(rule.name)
      ? []
      : [at(rule, `"${rule.name}" has no finite text: each of its alternatives needs a rule that never ends`)],
  );
}
