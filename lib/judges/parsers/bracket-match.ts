import type { Bracket, Brackets } from './brackets.js';

/** How many brackets two analyses of a text have in common. */
export interface Match {
  readonly matched: number;
  readonly gold: number;
  readonly test: number;
}

/** Labelled brackets in common, as multisets of (label, start, end). */
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

/** 2 matched / (gold + test), the harmonic mean of precision and recall; 1 where neither has a bracket. */
export const f1 = ({ matched, gold, test }: Match): number => (gold + test === 0 ? 1 : (2 * matched) / (gold + test));

export const bracketKey = ({ label, start, end }: Bracket): string => `${label} ${start} ${end}`;

/** Tags whose words EVALB leaves out, by its parameter file COLLINS.prm. */
const DELETED: ReadonlySet<string> = new Set(['-NONE-', ',', ':', '``', "''", '.']);

/**
 * The brackets that EVALB counts with COLLINS.prm: words tagged as punctuation or traces are taken out and the others counted anew, nodes
 * that are left without words go, and PRT is ADVP.
 */
export function evalbBrackets({ tags, nodes }: Brackets): Bracket[] {
  const places: number[] = []; // of word i among the words that stay
  let kept = 0;
  for (const tag of tags) {
    places.push(kept);
    if (!DELETED.has(tag)) kept++;
  }
  places.push(kept);
  return nodes
    .map(({ label, start, end }) => ({ label: label === 'PRT' ? 'ADVP' : label, start: places[start]!, end: places[end]! }))
    .filter(({ start, end }) => end > start);
}
