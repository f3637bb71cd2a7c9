import type { CertifyConfig } from '../config/index.js';
import type { ScoredText } from '../evaluate/scored-texts.js';
import { NearCopies } from '../metrics/near-copies.js';
import type { SampleLine } from '../run/sample-line.js';
import { textId } from '../run/sample-line.js';
import { type Condition, keeps, scoreFor, shortfall } from './conditions.js';

/** Names under which refusals are counted that no judge decides. */
export const TOO_LONG = 'no END within maxTokens';
export const NO_WORDS = 'no words';
export const COPY = 'near copy';

/** Where a candidate is from. */
export interface CandidateOrigin {
  /** Folder of its run inside that of the rounds: `2/0`. */
  readonly folder: string;
  readonly round: number;
}

/** An accepted text: a line of accepted.jsonl. */
export interface AcceptedText extends SampleLine {
  readonly scores: Readonly<Record<string, number>>;
  readonly from: Pick<CandidateOrigin, 'folder'> & { readonly id: string };
  /** The text accepted before it that has the most n-grams in common; absent if none has one. */
  readonly nearest?: { readonly id: string; readonly overlap: number };
}

/** What became of the candidates of a target. */
export interface TargetTally {
  /** Position of the target, from 0. */
  readonly target: number;
  tried: number;
  accepted: number;
  /** Candidates that passed after the target had its texts. */
  spare: number;
  /** Candidates tried until the last accepted text. */
  needed: number;
  /** Refused candidates by reason: the name of each condition they fail, or a reason that no judge decides. */
  readonly failed: Record<string, number>;
  /** How often the weight of each guide was raised, by name of the guide. */
  readonly raised: Record<string, number>;
}

/** Counts of candidates. */
export interface Counts {
  tried: number;
  passed: number;
}

/** Counts over all candidates, and over those of the first round, of which each target has equally many. */
export interface ConditionCounts {
  readonly all: Counts;
  readonly first: Counts;
}

/** The acceptance of candidates, one by one and in order. */
export class Acceptance {
  readonly tallies: readonly TargetTally[];
  /** By name of the condition. */
  readonly counts: ReadonlyMap<string, ConditionCounts>;
  /** All conditions together. */
  readonly together: ConditionCounts = noCounts();
  copies = 0;
  readonly #accepted: AcceptedText[] = [];
  readonly #near: NearCopies;
  /** Failures by target since its last round began. */
  #round = new Map<number, { tried: number; failed: Map<string, number> }>();

  constructor(
    targets: number,
    readonly conditions: readonly Condition[],
    readonly options: Pick<CertifyConfig, 'perTarget' | 'distinct'>,
  ) {
    const tally = (target: number): TargetTally => ({ target, tried: 0, accepted: 0, spare: 0, needed: 0, failed: {}, raised: {} }); // prettier-ignore
    this.tallies = Array.from({ length: targets }, (_, target) => tally(target));
    this.counts = new Map(conditions.map(({ name }) => [name, noCounts()]));
    this.#near = new NearCopies(options.distinct.ngram);
  }

  /** Returns the accepted texts, target by target. */
  get accepted(): AcceptedText[] {
    const position = new Map(this.#accepted.map((text, i) => [text, i]));
    const targetOf = ({ id }: AcceptedText): number => Number.parseInt(id, 10);
    return [...this.#accepted].sort((a, b) => targetOf(a) - targetOf(b) || position.get(a)! - position.get(b)!);
  }

  /** Forgets which conditions failed in earlier rounds. */
  beginRound(): void {
    this.#round = new Map();
  }

  /** Returns the conditions that at least half of a target's candidates failed in this round. */
  oftenFailed(target: number): Condition[] {
    const round = this.#round.get(target);
    return this.conditions.filter(({ name }) => round !== undefined && 2 * (round.failed.get(name) ?? 0) >= round.tried);
  }

  /**
   * Takes a candidate of a target: accepts it if it meets every condition, copies no accepted text, and the target still lacks texts.
   *
   * @returns by how much it misses its bounds, summed over them, each as a share of the bound: 0 if it passes, Infinity if it cannot be judged
   */
  add(target: number, { line, scores }: ScoredText, origin: CandidateOrigin): number {
    const tally = this.tallies[target]!;
    const given = this.conditions.map((condition) => ({ condition, score: scoreFor(condition, scores) }));
    const failing = given.filter(({ condition, score }) => score === undefined || !keeps(condition, score));
    tally.tried++;
    for (const { condition } of given)
      count(this.counts.get(condition.name)!, origin, !failing.some((other) => other.condition === condition));
    count(this.together, origin, failing.length === 0);
    const unjudged = line.tokens.length === 0 ? [NO_WORDS] : line.truncated ? [TOO_LONG] : [];
    const reasons = [...unjudged, ...failing.map(({ condition }) => condition.name)];
    this.#remember(target, reasons);
    const near = reasons.length === 0 ? this.#near.nearest(line.tokens) : undefined;
    if (near && near.overlap > this.options.distinct.overlap) {
      reasons.push(COPY);
      this.copies++;
    }
    for (const reason of reasons) tally.failed[reason] = (tally.failed[reason] ?? 0) + 1;
    if (unjudged.length > 0) return Infinity;
    if (failing.length > 0) return failing.reduce((sum, { condition, score }) => sum + shortfall(condition, score), 0);
    if (reasons.length > 0) return near!.overlap - this.options.distinct.overlap;
    if (tally.accepted === this.options.perTarget) tally.spare++;
    else
      this.#accept(tally, line, Object.fromEntries(given.map(({ condition, score }) => [condition.name, score!])), origin, near);
    return 0;
  }

  #accept(
    tally: TargetTally,
    line: SampleLine,
    scores: AcceptedText['scores'],
    { folder }: CandidateOrigin,
    near: { readonly overlap: number; readonly index: number } | undefined,
  ): void {
    const sample = tally.accepted++;
    tally.needed = tally.tried;
    this.#near.add(line.tokens);
    this.#accepted.push({
      ...line,
      ...{ id: textId(tally.target, sample), sample, scores, from: { folder, id: line.id } },
      ...(near && { nearest: { id: this.#accepted[near.index]!.id, overlap: near.overlap } }),
    });
  }

  #remember(target: number, reasons: readonly string[]): void {
    const round = this.#round.get(target) ?? { tried: 0, failed: new Map<string, number>() };
    this.#round.set(target, round);
    round.tried++;
    for (const reason of reasons) round.failed.set(reason, (round.failed.get(reason) ?? 0) + 1);
  }
}

const noCounts = (): ConditionCounts => ({ all: { tried: 0, passed: 0 }, first: { tried: 0, passed: 0 } });

function count({ all, first }: ConditionCounts, { round }: CandidateOrigin, passes: boolean): void {
  for (const counts of round === 1 ? [all, first] : [all]) {
    counts.tried++;
    if (passes) counts.passed++;
  }
}
