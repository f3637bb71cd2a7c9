import type { Bracket, Brackets } from './brackets.js';

/** The number of brackets that two analyses of a text have in common, and in all. */
export interface Match {
  readonly matched: number;
  readonly gold: number;
  readonly test: number;
}

/** Counts the labelled brackets in common, as multisets of (label, start, end). */
export function matchBrackets(gold: readonly Bracket[], test: readonly Bracket[]): Match {
  const left = new Map<string, number>();
  for (const node of gold) left.set(bracketKey(node), (left.get(bracketKey(node)) ?? 0) + 1);
  let matched = 0;
  for (const node of test) {
    const count = left.get(bracketKey(node)) ?? 0;
    if (count === 0) continue;
    left.set(bracketKey(node), count - 1);
    matched++;
  }
  return { matched, gold: gold.length, test: test.length };
}

/** Returns 2 matched / (gold + test), the harmonic mean of precision and recall; 1 if neither has a bracket. */
export const f1 = ({ matched, gold, test }: Match): number => (gold + test === 0 ? 1 : (2 * matched) / (gold + test));

export const bracketKey = ({ label, start, end }: Bracket): string => `${label} ${start} ${end}`;

/** Tags of the words that EVALB leaves out, from its parameter file COLLINS.prm. */
const DELETED: ReadonlySet<string> = new Set(['-NONE-', ',', ':', '``', "''", '.']);

/**
 * Returns the brackets that EVALB counts with COLLINS.prm: words tagged as punctuation or traces are removed and the others renumbered,
 * nodes without words are dropped, and PRT counts as ADVP.
 */
export function evalbBrackets({ tags, nodes }: Brackets): Bracket[] {
  const kept: number[] = []; // number of kept words before each word
  let count = 0;
  for (const tag of tags) {
    kept.push(count);
    if (!DELETED.has(tag)) count++;
  }
  kept.push(count);
  return nodes
    .map(({ label, start, end }) => ({ label: label === 'PRT' ? 'ADVP' : label, start: kept[start]!, end: kept[end]! }))
    .filter(({ start, end }) => end > start);
}
