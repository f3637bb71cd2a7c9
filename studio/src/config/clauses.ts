import { joinPath } from './json-source.js';

/** A clause as JSON; it may be anything that a person typed. */
export type ClauseJson = Readonly<Record<string, unknown>>;

/** Words that combine clauses. */
export type Operator = 'all' | 'any' | 'not';

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns a value that may be of any type as text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Returns the operator of a clause, undefined for a guide. A guide may have options named `all` and `any`. */
export function operatorOf(clause: ClauseJson): Operator | undefined {
  if ('guide' in clause) return undefined;
  return (['all', 'any', 'not'] as const).find((operator) => operator in clause);
}

/** Returns the clauses inside a group with their JSON paths. */
export function membersOf(clause: ClauseJson, path: string): { readonly clause: ClauseJson; readonly path: string }[] {
  const operator = operatorOf(clause);
  if (operator === undefined) return [];
  const inside = clause[operator];
  const at = joinPath(path, operator);
  if (operator === 'not') return isRecord(inside) ? [{ clause: inside, path: at }] : [];
  return clausesIn(inside, at);
}

/** Returns the clauses of a list with their JSON paths. */
export const clausesIn = (list: unknown, at: string): { readonly clause: ClauseJson; readonly path: string }[] =>
  Array.isArray(list) ? list.flatMap((clause, i) => (isRecord(clause) ? [{ clause, path: joinPath(at, i) }] : [])) : [];

/** Returns a clause without what only the outermost clause may have, and those settings apart. */
export function withoutStrength({ weight, window, ...rest }: ClauseJson): { bare: ClauseJson; strength: ClauseJson } {
  const strength = { ...(weight === undefined ? {} : { weight }), ...(window === undefined ? {} : { window }) };
  return { bare: rest, strength };
}

/** Returns a clause that must not hold; of one that must not hold already, the clause itself. */
export function negated(clause: ClauseJson): ClauseJson {
  const { bare, strength } = withoutStrength(clause);
  if (operatorOf(clause) === 'not' && isRecord(clause['not'])) return { ...clause['not'], ...strength };
  return { not: bare, ...strength };
}

/** Returns a group whose only member is the clause. */
export function grouped(clause: ClauseJson, operator: 'all' | 'any'): ClauseJson {
  const { bare, strength } = withoutStrength(clause);
  return { [operator]: [bare], ...strength };
}

/**
 * Returns the label by which results report each clause, by JSON path: a guide's name, `any` or `not`, with a number if it occurs again.
 * An `all` outside of `any` and `not` only groups and has none.
 */
export function labelsOf(guidance: unknown): Map<string, string> {
  const labels = new Map<string, string>();
  const seen = new Map<string, number>();
  const name = (word: string, path: string) => {
    const count = (seen.get(word) ?? 0) + 1;
    seen.set(word, count);
    labels.set(path, count === 1 ? word : `${word}#${count}`);
  };
  const visit = ({ clause, path }: { clause: ClauseJson; path: string }, inside: boolean): void => {
    const operator = operatorOf(clause);
    const members = membersOf(clause, path);
    if (operator === undefined) name(textOf(clause['guide']), path);
    else if (operator !== 'all' || inside) name(operator, path);
    for (const member of members) visit(member, inside || (operator !== 'all' && operator !== undefined));
  };
  for (const placed of clausesIn(guidance, '/guidance')) visit(placed, false);
  return labels;
}
