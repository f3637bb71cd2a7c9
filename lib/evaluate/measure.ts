import { permutation, type Key } from '../base/random.js';
import { bleu, bleuCounts, selfBleu } from '../metrics/bleu.js';
import { Cider } from '../metrics/cider.js';
import { ClusterSums, type Statistic } from '../metrics/cluster-sums.js';
import { DiversityCounter } from '../metrics/diversity.js';
import { EMBEDDED_TEXTS, type EmbeddedText } from './embedding-measure.js';
import type { Metrics, TextScores } from './metrics.js';
import { rougeL } from '../metrics/rouge.js';
import { addScores } from './score-sums.js';

type Words = readonly string[];

/** Texts of the sample that self-BLEU is taken of: it grows with their number, and its cost with the square. */
export const SELF_BLEU_TEXTS = 500;
const ORDERS = [0, 1, 2, 3] as const;

/** A text, with what judges say of it. */
export interface MeasuredText {
  readonly id: string;
  readonly words: Words;
  /** Names its target in the bootstrap. */
  readonly target: string;
  readonly reference?: Words | undefined;
  readonly truncated?: boolean | undefined;
  readonly scores: TextScores;
}

/**
 * Adds up what is measured of texts as they come: first all `add`, then all `compare` in the same order. It holds sums by target, n-grams
 * and the sample of self-BLEU, no texts.
 */
export class RunMeasure {
  readonly sums = new ClusterSums();
  readonly #diversity = new DiversityCounter();
  readonly #cider = new Cider();
  readonly #referred = new Set<string>();
  readonly #sampled: ReadonlyMap<number, number>;
  readonly #sample: Words[] = [];
  readonly #embedded: EmbeddedText[] = [];
  readonly #lengths = { sum: 0, min: Infinity, max: 0 };
  #texts = 0;
  #truncated = 0;
  #longest = { words: 0, id: '' };

  /** @param texts how many will come @param key of the sample */
  constructor(texts: number, key: Key) {
    const chosen = permutation(key, texts).subarray(0, Math.max(SELF_BLEU_TEXTS, EMBEDDED_TEXTS));
    this.#sampled = new Map([...chosen].map((text, rank) => [text, rank]));
  }

  add({ id, words, target, reference, truncated, scores }: MeasuredText): void {
    const rank = this.#sampled.get(this.#texts) ?? Infinity;
    if (rank < SELF_BLEU_TEXTS) this.#sample.push(words);
    if (rank < EMBEDDED_TEXTS) this.#embedded.push({ words, target, reference });
    this.#texts++;
    this.#diversity.add(words);
    this.#lengths.sum += words.length;
    this.#lengths.min = Math.min(this.#lengths.min, words.length);
    this.#lengths.max = Math.max(this.#lengths.max, words.length);
    if (truncated === true) this.#truncated++;
    if ((scores.longestCopied ?? 0) > this.#longest.words) this.#longest = { words: scores.longestCopied!, id };
    addScores(this.sums, target, scores);
    if (reference === undefined) return;
    this.sums.add(target, { referred: 1, ...bleuColumns(words, reference), 'rouge-l': rougeL(words, reference) });
    if (this.#referred.has(target)) return;
    this.#referred.add(target);
    this.#cider.addReference(reference);
  }

  /** What needs to have seen all references: the second time over the texts. */
  compare({ words, target, reference }: Pick<MeasuredText, 'words' | 'target' | 'reference'>): void {
    if (reference !== undefined) this.sums.add(target, { cider: this.#cider.score(words, reference) });
  }

  /** A sample of at most 1,000 texts, for what costs a network's run a text. */
  get embedded(): readonly EmbeddedText[] {
    return this.#embedded;
  }

  get texts(): number {
    return this.#texts;
  }

  get hasReferences(): boolean {
    return this.#referred.size > 0;
  }

  /** The figures that have no interval. @param vocabulary of the model, without its special tokens */
  figures(vocabulary: readonly string[]): Pick<Metrics, 'texts' | 'diversity' | 'lengths' | 'truncated'> {
    const { distinctTexts, distinct } = this.#diversity.figures;
    const { sum, min, max } = this.#lengths;
    return {
      texts: this.#texts,
      diversity: {
        distinctTexts,
        distinct: [...distinct],
        selfBleu: { value: selfBleu(this.#sample), texts: this.#sample.length },
        vocabulary: { used: this.#diversity.used(vocabulary), size: vocabulary.length },
      },
      lengths: { mean: sum / this.#texts, min, max },
      truncated: this.#truncated,
    };
  }

  /** The text that has most in one piece from the corpus. */
  get longestCopied(): { words: number; id: string } {
    return this.#longest;
  }
}

function bleuColumns(words: Words, reference: Words): Record<string, number> {
  const { matched, all, length, reference: nearest } = bleuCounts(words, [reference]);
  return {
    ...Object.fromEntries(
      ORDERS.flatMap((n) => [[`bleu matched ${n}`, matched[n]!] as const, [`bleu all ${n}`, all[n]!] as const]),
    ),
    'bleu length': length,
    'bleu reference': nearest,
  };
}

/** Of the texts that have a reference. */
export const likeness: Readonly<Record<'bleu4' | 'rougeL' | 'cider' | 'bertScore', Statistic>> = {
  bleu4: (sum) =>
    bleu({
      matched: ORDERS.map((n) => sum(`bleu matched ${n}`)),
      all: ORDERS.map((n) => sum(`bleu all ${n}`)),
      length: sum('bleu length'),
      reference: sum('bleu reference'),
    }),
  rougeL: (sum) => sum('rouge-l') / sum('referred'),
  cider: (sum) => sum('cider') / sum('referred'),
  bertScore: (sum) => sum('bert') / sum('bert n'),
};
