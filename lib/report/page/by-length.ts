import { referenceOf } from '../../evaluate/target.js';
import type { ScoredText } from '../../evaluate/scored-texts.js';
import { type Interval } from '../../metrics/bootstrap.js';

/** Success of a guide over texts of similar length. */
export interface LengthBin extends Interval {
  /** Words, from the shortest to the longest text. */
  readonly from: number;
  readonly to: number;
  readonly texts: number;
}

interface Sums {
  readonly texts: number;
  readonly value: number;
  readonly square: number;
}

const BINS = 6;
/** Bins of fewer texts are left out. */
const FEWEST = 5;

/** Adds up success by length, in memory that grows with the number of different lengths. */
export class SuccessByLength {
  #byGuide = new Map<string, Map<number, Sums>>();
  #byTarget = true;

  /** @param taken fields of the targets from which guides take an option: these are what is asked for, and no reference */
  constructor(private readonly taken: ReadonlySet<string> = new Set()) {}

  /** Whether lengths are those of the targets (the reference, or the words asked for); otherwise they are the texts' own. */
  get isOfTarget(): boolean {
    return this.#byTarget;
  }

  add({ line, scores }: ScoredText): void {
    const asked = askedLength(line.target, this.taken);
    if (asked === undefined) this.#byTarget = false;
    for (const [label, { value }] of Object.entries(scores.guides)) {
      for (const [kind, length] of [
        ['asked', asked],
        ['own', line.tokens.length],
      ] as const) {
        if (length === undefined) continue;
        const key = `${kind} ${label}`;
        const sums = this.#byGuide.get(key) ?? new Map<number, Sums>();
        this.#byGuide.set(key, sums.set(length, added(sums.get(length), { texts: 1, value, square: value ** 2 })));
      }
    }
  }

  /** Returns bins of about equally many texts; the intervals are mean +- 1.96 standard errors. */
  bins(label: string): LengthBin[] {
    const sums = this.#byGuide.get(`${this.#byTarget ? 'asked' : 'own'} ${label}`) ?? new Map<number, Sums>();
    const lengths = [...sums.keys()].sort((a, b) => a - b);
    const total = [...sums.values()].reduce((n, { texts }) => n + texts, 0);
    const bins: { from: number; to: number; sums: Sums }[] = [];
    let before = 0;
    for (const length of lengths) {
      const own = sums.get(length)!;
      const bin = Math.floor((before / total) * BINS);
      const last = bins[bin];
      bins[bin] = { from: last?.from ?? length, to: length, sums: added(last?.sums, own) };
      before += own.texts;
    }
    return bins.filter((bin) => bin.sums.texts >= FEWEST).map(({ from, to, sums: of }) => ({ from, to, ...intervalOf(of) }));
  }
}

/** Returns how many words a target asks for: those of its reference, its tags, or a number. */
function askedLength(target: ScoredText['line']['target'], taken: ReadonlySet<string>): number | undefined {
  const reference = referenceOf(target, taken);
  if (reference) return reference.length;
  const { length, words, pos, tags } = target;
  for (const list of [pos, tags]) if (Array.isArray(list)) return list.length;
  return [length, words].find((value) => typeof value === 'number');
}

const added = (a: Sums | undefined, b: Sums): Sums =>
  a ? { texts: a.texts + b.texts, value: a.value + b.value, square: a.square + b.square } : b;

function intervalOf({ texts, value, square }: Sums): Interval & { texts: number } {
  const mean = value / texts;
  const deviation = Math.sqrt(Math.max(0, square / texts - mean ** 2) * (texts / Math.max(1, texts - 1)));
  const half = (1.96 * deviation) / Math.sqrt(texts);
  return { texts, mean, low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}
