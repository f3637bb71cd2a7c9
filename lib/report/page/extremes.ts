import type { TextScores } from '../../evaluate/metrics.js';
import type { ScoredText } from '../../evaluate/scored-texts.js';

/** The order of texts: by the worst control, then the mean of all controls, then nats per token. */
type Rank = readonly [worst: number, mean: number, natsPerToken: number];

interface Ranked {
  readonly text: ScoredText;
  readonly rank: Rank;
}

/** Keeps the best and the worst texts of a run of any length. */
export class Extremes {
  #best: Ranked[] = [];
  #worst: Ranked[] = [];
  #seen = 0;

  /** @param count how many of each to keep */
  constructor(private readonly count: number) {}

  add(text: ScoredText): void {
    this.#seen++;
    const ranked = { text, rank: rankOf(text.scores) };
    insert(this.#best, ranked, this.count, (a, b) => compare(b.rank, a.rank));
    insert(this.#worst, ranked, this.count, (a, b) => compare(a.rank, b.rank));
  }

  /** Returns the worst texts, worst first, and the best, best first. No text is in both. */
  found(): { readonly worst: readonly ScoredText[]; readonly best: readonly ScoredText[] } {
    const each = Math.min(this.count, Math.ceil(this.#seen / 2));
    const worst = this.#worst.slice(0, each).map(({ text }) => text);
    const ids = new Set(worst.map(({ line }) => line.id));
    const best = this.#best.map(({ text }) => text).filter(({ line }) => !ids.has(line.id));
    return { worst, best: best.slice(0, each) };
  }
}

function rankOf({ guides, fluency }: TextScores): Rank {
  const values = Object.values(guides).map(({ value }) => value);
  const costs = Object.values(fluency);
  const nats = costs.reduce((sum, cost) => sum + cost.nats / Math.max(1, cost.tokens), 0) / Math.max(1, costs.length);
  return [Math.min(1, ...values), values.reduce((a, b) => a + b, 0) / Math.max(1, values.length), nats];
}

/** Returns a number below 0 if the first is worse. */
const compare = (a: Rank, b: Rank): number => a[0] - b[0] || a[1] - b[1] || b[2] - a[2];

/** Inserts into a sorted list that keeps its first `count` items; among equals the earlier one stays ahead. */
function insert(list: Ranked[], one: Ranked, count: number, order: (a: Ranked, b: Ranked) => number): void {
  if (list.length === count && order(one, list.at(-1)!) >= 0) return;
  let at = list.length;
  while (at > 0 && order(one, list[at - 1]!) < 0) at--;
  list.splice(at, 0, one);
  list.splice(count);
}
