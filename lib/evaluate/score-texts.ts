import type { FluencyJudge } from '../judges/fluency/fluency.js';
import type { Judge, Score } from '../judges/judge.js';
import { JudgeUnavailable } from '../judges/judge.js';
import type { CorpusIndex } from '../metrics/novelty.js';
import type { SampleLine } from '../run/sample-line.js';
import type { JudgedRun } from './judged-run.js';
import type { GuideScore, TextScores } from './metrics.js';
import type { ScoredBy } from './scores-file.js';

type Words = readonly string[];

/** A text to be judged. */
export interface JudgedText {
  readonly id: string;
  /** Which of the target's texts, from 0. */
  readonly sample: number;
  readonly words: Words;
  /** By label: the options that each guide had for the text. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names the target: texts of one target share their reference. */
  readonly target: string;
  readonly reference?: Words | undefined;
  /** Scores from an earlier evaluation; these are not computed again. */
  readonly known?: TextScores | undefined;
}

/** Returns a line of samples.jsonl as a text to be judged. */
export const judgedText = (
  { id, sample, tokens, target }: SampleLine,
  options: JudgedText['options'],
  { referenceOf }: Pick<JudgedRun, 'referenceOf'>,
): JudgedText => ({
  ...{ id, sample, options },
  words: tokens,
  target: JSON.stringify(target),
  reference: referenceOf(target),
});

/** The judges of texts. */
export interface TextJudges {
  /** By label of the guide. */
  readonly judges: ReadonlyMap<string, Judge>;
  readonly fluency: readonly FluencyJudge[];
  /** The training corpus; without `longestCopied` only whole copies are looked for. */
  readonly corpus?: Pick<CorpusIndex, 'hasRow'> & Partial<Pick<CorpusIndex, 'longestCopied'>>;
}

/** What a judge without `by` goes by. */
const BY_TEXT = 'the words of the text';

/** Scores texts chunk by chunk. A judge that is unavailable leaves a gap and is not asked again. */
export class TextScorer {
  /** Why a guide or a language model has no figures from here on, by label or name. */
  readonly gaps = new Map<string, string>();

  constructor(readonly by: TextJudges) {}

  /** What judges the guides, by label, and the fluency, by name of the language model. */
  get names(): Pick<ScoredBy, 'guides' | 'fluency'> {
    const { judges, fluency } = this.by;
    return {
      guides: Object.fromEntries([...judges].map(([label, { by }]) => [label, by ?? BY_TEXT])),
      fluency: Object.fromEntries(fluency.map(({ name, by }) => [name, by])),
    };
  }

  /** Returns the scores of each text. @throws InputError with the targets that their judge cannot read */
  async score(texts: readonly JudgedText[]): Promise<TextScores[]> {
    const guides = texts.map(({ known }): Record<string, GuideScore> => ({ ...known?.guides }));
    const fluency = texts.map(({ known }) => ({ ...known?.fluency }));
    const referenceFluency = texts.map(({ known }) => ({ ...known?.referenceFluency }));
    for (const [label, judge] of this.by.judges) {
      const open = [...texts.keys()].filter((i) => texts[i]!.options[label] !== undefined && guides[i]![label] === undefined);
      const scores = await this.#unlessGap(label, () => scoresOf(judge, label, texts, open));
      scores?.forEach((score, k) => (guides[open[k]!]![label] = score));
    }
    for (const judge of this.by.fluency) {
      const open = [...texts.keys()].filter((i) => fluency[i]![judge.name] === undefined);
      const referred = open.filter((i) => texts[i]!.sample === 0 && texts[i]!.reference !== undefined);
      const costs = await this.#unlessGap(judge.name, () =>
        judge.nats([...open.map((i) => texts[i]!.words), ...referred.map((i) => texts[i]!.reference!)]),
      );
      if (costs === undefined) continue;
      open.forEach((i, k) => (fluency[i]![judge.name] = costs[k]!));
      referred.forEach((i, k) => (referenceFluency[i]![judge.name] = costs[open.length + k]!));
    }
    return texts.map(({ id, sample, words, known }, i) => ({
      id,
      sample,
      guides: guides[i]!,
      fluency: fluency[i]!,
      ...(Object.keys(referenceFluency[i]!).length > 0 && { referenceFluency: referenceFluency[i]! }),
      ...this.#copies(words, known),
    }));
  }

  /** Returns the nats per token of other texts, by name of each language model that is available. */
  async natsPerToken(texts: readonly Words[]): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const judge of texts.length === 0 ? [] : this.by.fluency) {
      const costs = await this.#unlessGap(judge.name, () => judge.nats(texts));
      if (costs === undefined) continue;
      const sum = (of: 'nats' | 'tokens'): number => costs.reduce((total, cost) => total + cost[of], 0);
      found[judge.name] = sum('nats') / sum('tokens');
    }
    return found;
  }

  #copies(words: Words, known: TextScores | undefined): Pick<TextScores, 'copied' | 'longestCopied'> {
    const { corpus } = this.by;
    if (known?.copied !== undefined && known.longestCopied !== undefined)
      return { copied: known.copied, longestCopied: known.longestCopied };
    if (corpus === undefined) return {};
    const longest = corpus.longestCopied?.(words);
    return { copied: corpus.hasRow(words), ...(longest && { longestCopied: longest.length }) };
  }

  async #unlessGap<T>(name: string, judge: () => Promise<T>): Promise<T | undefined> {
    if (this.gaps.has(name)) return undefined;
    try {
      return await judge();
    } catch (error) {
      if (!(error instanceof JudgeUnavailable)) throw error;
      this.gaps.set(name, error.message);
      return undefined;
    }
  }
}

/** Returns the scores of some texts, each with the score of its reference; a reference of several texts is judged once. */
async function scoresOf(
  judge: Judge,
  label: string,
  texts: readonly JudgedText[],
  which: readonly number[],
): Promise<GuideScore[]> {
  if (which.length === 0) return [];
  const referred = new Map<string, number>(); // target to the text whose options judge its reference
  for (const i of which)
    if (texts[i]!.reference !== undefined && !referred.has(texts[i]!.target)) referred.set(texts[i]!.target, i);
  const referrers = [...referred.values()];
  const scores = await judge.score(
    [...which.map((i) => texts[i]!.words), ...referrers.map((i) => texts[i]!.reference!)],
    [...which, ...referrers].map((i) => texts[i]!.options[label]),
  );
  const ofTarget = new Map([...referred.keys()].map((target, k) => [target, scores[which.length + k]!] as const));
  return which.map((i, k) => withReference(scores[k]!, ofTarget.get(texts[i]!.target)));
}

function withReference(score: Score, reference: Score | undefined): GuideScore {
  if (reference === undefined) return score;
  return {
    ...score,
    reference: reference.value,
    ...(reference.also !== undefined && { referenceAlso: reference.also }),
  };
}
