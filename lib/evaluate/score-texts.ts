import type { FluencyJudge } from '../judges/fluency/fluency.js';
import { type Judge, JudgeUnavailable, type Score } from '../judges/judge.js';
import type { CorpusIndex } from '../metrics/novelty.js';
import type { GuideScore, TextScores } from './metrics.js';

type Words = readonly string[];

/** A text to be judged. */
export interface JudgedText {
  readonly id: string;
  readonly sample: number;
  readonly words: Words;
  /** By label: the options that each guide had for the text. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names the target: texts of one target share their reference. */
  readonly target: string;
  readonly reference?: Words | undefined;
  /** What is known of the text from before; it is not judged again. */
  readonly known?: TextScores | undefined;
}

export interface TextJudges {
  /** By label of the guide. */
  readonly judges: ReadonlyMap<string, Judge>;
  readonly fluency: readonly FluencyJudge[];
  /** The training corpus. */
  readonly corpus?: CorpusIndex;
}

/** Judges texts chunk by chunk. What a judge cannot do leaves a gap; it is not asked again. */
export class TextScorer {
  /** Why a guide or a language model has no figures from here on, by label or name. */
  readonly gaps = new Map<string, string>();

  constructor(readonly by: TextJudges) {}

  /** @returns the scores of each text. Errors: InputError for targets that no judge can read. */
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

  #copies(words: Words, known: TextScores | undefined): Pick<TextScores, 'copied' | 'longestCopied'> {
    const { corpus } = this.by;
    if (known?.copied !== undefined && known.longestCopied !== undefined)
      return { copied: known.copied, longestCopied: known.longestCopied };
    return corpus === undefined ? {} : { copied: corpus.hasRow(words), longestCopied: corpus.longestCopied(words).length };
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

/** The scores of some texts, each with that of its reference; a reference of several texts is judged once. */
async function scoresOf(
  judge: Judge,
  label: string,
  texts: readonly JudgedText[],
  which: readonly number[],
): Promise<GuideScore[]> {
  if (which.length === 0) return [];
  const referred = new Map<string, number>(); // target to the text that stands for it
  for (const i of which)
    if (texts[i]!.reference !== undefined && !referred.has(texts[i]!.target)) referred.set(texts[i]!.target, i);
  const stands = [...referred.values()];
  const scores = await judge.score(
    [...which.map((i) => texts[i]!.words), ...stands.map((i) => texts[i]!.reference!)],
    [...which, ...stands].map((i) => texts[i]!.options[label]),
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
