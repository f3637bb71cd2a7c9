import { type Key, permutation, split } from '../base/random.js';
import { bleu, bleuCounts, selfBleu } from '../metrics/bleu.js';
import { Cider } from '../metrics/cider.js';
import { ClusterSums, type Statistic } from '../metrics/cluster-sums.js';
import { DiversityCounter } from '../metrics/diversity.js';
import type { SampleLine } from '../run/sample-line.js';
import { EMBEDDED_TEXTS, type EmbeddedText } from './embedding-measure.js';
import type { Metrics, TextScores } from './metrics.js';
import { rougeL } from '../metrics/rouge.js';
import type { JudgedRun } from './judged-run.js';
import { addScores } from './score-sums.js';
import { clusterOf } from './target.js';

type Words = readonly string[];

/** Texts in the sample of self-BLEU, which grows with their number; its cost grows with the square. */
export const SELF_BLEU_TEXTS = 500;
const ORDERS = [0, 1, 2, 3] as const;

/** A text with its scores. */
export interface MeasuredText {
  readonly id: string;
  readonly words: Words;
  /** Names the texts that the bootstrap resamples together: those of a target. */
  readonly cluster: string;
  readonly reference?: Words | undefined;
  readonly truncated?: boolean | undefined;
  readonly scores: TextScores;
}

/** Returns a line of samples.jsonl and its scores as a text to be measured. */
export const measuredText = (
  line: SampleLine,
  scores: TextScores,
  { referenceOf, isOneTarget }: Pick<JudgedRun, 'referenceOf' | 'isOneTarget'>,
): MeasuredText => ({
  ...{ id: line.id, words: line.tokens, truncated: line.truncated, scores },
  cluster: clusterOf(line, isOneTarget),
  reference: referenceOf(line.target),
});

/**
 * Measures the texts of a run. Reads them twice if there are references, since CIDEr weighs n-grams by all references.
 *
 * @param texts gives the texts from the first one, at each call
 * @param count how many there are
 * @param key chooses the sample of self-BLEU and of the embeddings
 */
export async function measureTexts(
  texts: () => AsyncIterable<MeasuredText> | Iterable<MeasuredText>,
  count: number,
  key: Key,
): Promise<RunMeasure> {
  const measure = new RunMeasure(count, split(key, 'self-bleu'));
  for await (const text of texts()) measure.add(text);
  if (measure.hasReferences) for await (const text of texts()) measure.compare(text);
  return measure;
}

/**
 * Adds up the measures of texts as they come: first `add` for each text, then `compare` for each in the same order. It holds sums by
 * cluster, n-grams and samples, not all texts.
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

  /** @param texts how many there will be @param key chooses the samples */
  constructor(texts: number, key: Key) {
    const chosen = permutation(key, texts).subarray(0, Math.max(SELF_BLEU_TEXTS, EMBEDDED_TEXTS));
    this.#sampled = new Map([...chosen].map((text, rank) => [text, rank]));
  }

  add({ id, words, cluster, reference, truncated, scores }: MeasuredText): void {
    const rank = this.#sampled.get(this.#texts) ?? Infinity;
    if (rank < SELF_BLEU_TEXTS) this.#sample.push(words);
    if (rank < EMBEDDED_TEXTS) this.#embedded.push({ words, cluster, reference });
    this.#texts++;
    this.#diversity.add(words);
    this.#lengths.sum += words.length;
    this.#lengths.min = Math.min(this.#lengths.min, words.length);
    this.#lengths.max = Math.max(this.#lengths.max, words.length);
    if (truncated === true) this.#truncated++;
    if ((scores.longestCopied ?? 0) > this.#longest.words) this.#longest = { words: scores.longestCopied!, id };
    addScores(this.sums, cluster, scores);
    if (reference === undefined) return;
    this.sums.add(cluster, { referred: 1, ...bleuColumns(words, reference), 'rouge-l': rougeL(words, reference) });
    if (this.#referred.has(cluster)) return;
    this.#referred.add(cluster);
    this.#cider.addReference(reference);
  }

  /** Adds the likeness that needs all references first. */
  compare({ words, cluster, reference }: Pick<MeasuredText, 'words' | 'cluster' | 'reference'>): void {
    if (reference !== undefined) this.sums.add(cluster, { cider: this.#cider.score(words, reference) });
  }

  /** A sample of at most 1,000 texts, for measures that run a network on each text. */
  get embedded(): readonly EmbeddedText[] {
    return this.#embedded;
  }

  get hasReferences(): boolean {
    return this.#referred.size > 0;
  }

  /** Returns the figures that have no interval. @param vocabulary words of the model, without its special tokens */
  figures(vocabulary?: readonly string[]): Pick<Metrics, 'texts' | 'diversity' | 'lengths' | 'truncated'> {
    const { distinctTexts, distinct } = this.#diversity.figures;
    const { sum, min, max } = this.#lengths;
    return {
      texts: this.#texts,
      diversity: {
        distinctTexts,
        distinct: [...distinct],
        selfBleu: { value: selfBleu(this.#sample), texts: this.#sample.length },
        ...(vocabulary && { vocabulary: { used: this.#diversity.used(vocabulary), size: vocabulary.length } }),
      },
      lengths: { mean: sum / this.#texts, min, max },
      truncated: this.#truncated,
    };
  }

  /** The text with the longest run of words from the corpus. */
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

/** Likeness of texts to their references, over the texts that have one. */
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
