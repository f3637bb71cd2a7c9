import type { AugmentConfig } from '../config/index.js';
import type { SampleLine } from '../run/sample-line.js';
import { splitWords } from '../text/split-words.js';
import { type GivenRow, type GivenRows, rowsByLabel } from './given-rows.js';
import type { TextToLabel, LabelJudge } from './label-judge.js';
import { NearCopies } from '../metrics/near-copies.js';

/** Why a text did not become a row. */
export type Reason = 'no words' | 'too long' | 'reads as another label' | 'copies a given row' | 'copies another text';

/** A text that passed the filter. */
export interface KeptText {
  readonly text: string;
  readonly label: string;
  readonly sample: SampleLine;
  /** Round of generation, from 1. */
  readonly round: number;
  readonly judge: JudgedLabel;
  /** The given row with the largest overlap; absent if no row shares an n-gram. */
  readonly nearestGiven?: { readonly overlap: number; readonly line: number };
  /** The kept text with the largest overlap, by its index; absent if none shares an n-gram. */
  readonly nearestKept?: { readonly overlap: number; readonly index: number };
}

/** What the filter's classifier says of a text. */
export interface JudgedLabel {
  /** Probability of the label asked for. */
  readonly probability: number;
  /** Rank of that label, 1 for the most likely. */
  readonly rank: number;
  /** The most likely label. */
  readonly found: string;
}

/** Counts of what became of the texts of a label. */
export interface LabelTally {
  readonly label: string;
  /** Given rows. */
  readonly given: number;
  made: number;
  kept: number;
  /** Texts that passed after the label had its rows. */
  spare: number;
  readonly refused: Partial<Record<Reason, number>>;
  /** Refused texts by the label that they read as. */
  readonly readAs: Record<string, number>;
}

/** The filter that turns texts into rows; it meets them one by one, in order. */
export class Selection {
  readonly kept: KeptText[] = [];
  readonly tallies: readonly LabelTally[];
  readonly #rows: readonly GivenRow[];
  readonly #options: AugmentConfig['filter'];
  readonly #perLabel: number;
  readonly #given: NearCopies;
  readonly #own: NearCopies;

  constructor(
    { rows, labels }: GivenRows,
    readonly judge: LabelJudge,
    options: AugmentConfig['filter'],
    perLabel: number,
  ) {
    const byLabel = rowsByLabel(rows);
    this.#rows = rows;
    this.#options = options;
    this.#perLabel = perLabel;
    this.#given = new NearCopies(options.ngram);
    this.#own = new NearCopies(options.ngram);
    for (const { words } of rows) this.#given.add(words);
    this.tallies = labels.map((label) => ({
      ...{ label, given: byLabel.get(label)!.length },
      ...{ made: 0, kept: 0, spare: 0, refused: {}, readAs: {} },
    }));
  }

  /** Judges a text for a label, and keeps it if it passes and the label still needs rows. */
  async add(sample: SampleLine, round: number): Promise<void> {
    const label = sample.target['label'] as string;
    const tally = this.tallies.find((its) => its.label === label)!;
    tally.made++;
    const text = sample.text.trim();
    const words = splitWords(text);
    const judge = await this.#judged({ text, words }, label);
    const given = this.#given.nearest(words);
    const own = this.#own.nearest(words);
    const reason = this.#reasonAgainst(sample, words, judge, given?.overlap, own?.overlap);
    if (reason !== undefined) {
      tally.refused[reason] = (tally.refused[reason] ?? 0) + 1;
      if (reason === 'reads as another label') tally.readAs[judge.found] = (tally.readAs[judge.found] ?? 0) + 1;
    } else if (tally.kept === this.#perLabel) {
      tally.spare++;
    } else {
      tally.kept++;
      this.#own.add(words);
      this.kept.push({
        ...{ text, label, sample, round, judge },
        ...(given && { nearestGiven: { overlap: given.overlap, line: this.#rows[given.index]!.line } }),
        ...(own && { nearestKept: own }),
      });
    }
  }

  async #judged(text: TextToLabel, label: string): Promise<JudgedLabel> {
    const { labels } = this.judge;
    const probabilities = await this.judge.probabilities(text);
    const probability = probabilities[labels.indexOf(label)]!;
    const rank = 1 + probabilities.filter((p) => p > probability).length;
    return { probability, rank, found: labels[probabilities.indexOf(Math.max(...probabilities))]! };
  }

  #reasonAgainst(
    { truncated }: SampleLine,
    words: readonly string[],
    judge: JudgedLabel,
    given = 0,
    own = 0,
  ): Reason | undefined {
    const { rank, overlap } = this.#options;
    if (words.length === 0) return 'no words';
    if (truncated) return 'too long';
    if (rank > 0 && judge.rank > rank) return 'reads as another label';
    if (given > overlap) return 'copies a given row';
    return own > overlap ? 'copies another text' : undefined;
  }
}
