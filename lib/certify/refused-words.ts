import type { ScoredText } from '../evaluate/scored-texts.js';
import type { Mark } from '../judges/judge.js';
import { type Condition, keeps, scoreFor } from './conditions.js';

/** Returns the names of what a judge expects at the word positions of a target; undefined if it does not say. */
export type SlotsOf = (label: string, target: number) => readonly string[] | undefined;

/** How often a word stood somewhere in judged texts, and how much of the blame for refused ones it bore. */
interface Tally {
  seen: number;
  blame: number;
}

/**
 * The words that judges refuse, by what they expect at a position. If a judge does not say what it expects, every position of every target
 * is by itself. Only the marks of texts that fail a condition teach.
 */
export class RefusedWords {
  readonly #tallies = new Map<string, Map<string, Tally>>();
  /** Most words of a text so far, by target. */
  readonly #longest = new Map<number, number>();
  readonly #controls: readonly Condition[];

  /** @param mostWords most words of a text of the model */
  constructor(
    conditions: readonly Condition[],
    readonly slotsOf: SlotsOf,
    readonly mostWords: number,
  ) {
    this.#controls = conditions.filter(({ kind }) => kind === 'control');
  }

  /** Learns from a judged text of a target. */
  add(target: number, { line: { tokens }, scores }: ScoredText): void {
    this.#longest.set(target, Math.max(this.#longest.get(target) ?? 0, tokens.length));
    for (const condition of this.#controls) {
      const score = scoreFor(condition, scores);
      if (score === undefined) continue;
      const marks = keeps(condition, score) ? [] : (scores.guides[condition.judge]?.marks ?? []);
      const blame = blameOf(marks, tokens.length);
      tokens.forEach((word, i) => {
        const words = this.#wordsAt(condition, target, i);
        if (!words) return;
        const tally = words.get(word) ?? { seen: 0, blame: 0 };
        words.set(word, { seen: tally.seen + 1, blame: tally.blame + blame[i]! });
      });
    }
  }

  /** Returns the words that a target's next texts should not have, by position: those that bore at least half of the blame each time. */
  at(target: number): string[][] {
    const lengths = this.#controls.map(({ judge }) => this.slotsOf(judge, target)?.length ?? 0);
    const length = Math.min(this.mostWords, Math.max(this.#longest.get(target) ?? 0, ...lengths)); // a truncated text has one more
    return Array.from({ length }, (_, i) => {
      const refused = this.#controls.flatMap((condition) => refusedIn(this.#wordsAt(condition, target, i)));
      return [...new Set(refused)].sort();
    });
  }

  /** Returns the tallies of the words at a position; undefined if the judge expects nothing there. */
  #wordsAt({ name, judge }: Condition, target: number, position: number): Map<string, Tally> | undefined {
    const slots = this.slotsOf(judge, target);
    if (slots && position >= slots.length) return undefined;
    const key = JSON.stringify([name, slots ? slots[position] : [target, position]]);
    const words = this.#tallies.get(key) ?? new Map<string, Tally>();
    this.#tallies.set(key, words);
    return words;
  }
}

/** Returns the blame of each word for what a judge marked, at most 1: a mark divides it equally among its words. */
export function blameOf(marks: readonly Mark[], length: number): number[] {
  const blame = Array<number>(length).fill(0);
  for (const { start, end } of marks)
    for (let i = start; i < Math.min(end, length); i++) blame[i] = Math.min(1, blame[i]! + 1 / (end - start));
  return blame;
}

/** Returns the words that bore at least half of the blame on average, and the blame of at least one whole mark in all. */
const refusedIn = (words: ReadonlyMap<string, Tally> = new Map<string, Tally>()): string[] =>
  [...words].flatMap(([word, { seen, blame }]) => (blame >= 1 && 2 * blame >= seen ? [word] : []));
