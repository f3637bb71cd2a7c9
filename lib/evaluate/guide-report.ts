import type { Judge, Score, Share } from '../judges/judge.js';
import { mean } from './texts.js';

type Words = readonly string[];

/** A figure over the texts that had a guide, and the same over references. */
export interface Figure {
  /** Mean over the texts, 0 to 1. */
  readonly mean: number;
  /** Mean over the references: the judge errs, and no text can be expected to do better. */
  readonly ceiling?: number;
  /** Mean over the texts whose target has a reference, as a share of the ceiling. */
  readonly shareOfCeiling?: number;
}

export interface GuideReport extends Figure {
  /** Share of the texts that score 1. */
  readonly perfect: number;
  /** How many texts had the guide. */
  readonly n: number;
  /** By what means it was judged, where there is a choice. */
  readonly by?: string;
  /** The same by other definitions, by name. */
  readonly also?: Readonly<Record<string, Figure>>;
}

/**
 * What a judge says of a run's texts, and of the references for the same targets.
 * @param options one a text, undefined where the text did not have the guide; at least one text has it
 */
export async function reportOnGuide(
  judge: Judge,
  texts: readonly Words[],
  options: readonly unknown[],
  references: readonly (Words | undefined)[],
): Promise<GuideReport> {
  const guided = [...texts.keys()].filter((i) => options[i] !== undefined);
  const compared = guided.filter((i) => references[i] !== undefined);
  const scores = (of: readonly (Words | undefined)[], which: readonly number[]): Promise<Score[]> =>
    judge.score(
      which.map((i) => of[i]!),
      which.map((i) => options[i]),
    );
  const own = await scores(texts, guided);
  const ofReferences = compared.length === 0 ? [] : await scores(references, compared);
  const ofCompared = own.filter((_, k) => references[guided[k]!] !== undefined);
  const figure = (read: (score: Score) => number | Share): Figure => {
    const value = average(own.map(read));
    if (ofReferences.length === 0) return { mean: value };
    const ceiling = average(ofReferences.map(read));
    return ceiling === 0
      ? { mean: value, ceiling }
      : { mean: value, ceiling, shareOfCeiling: average(ofCompared.map(read)) / ceiling };
  };
  const names = Object.keys(own[0]?.also ?? {}).filter((name) => own.some(({ also }) => counts(also![name]!)));
  const also = Object.fromEntries(names.map((name) => [name, figure((score) => score.also![name]!)]));
  return {
    ...figure(({ value }) => value),
    perfect: own.filter(({ value }) => value === 1).length / own.length,
    n: own.length,
    ...(judge.by !== undefined && { by: judge.by }),
    ...(names.length > 0 && { also }),
  };
}

/** Whether there is anything to have a part of. */
const counts = (value: number | Share): boolean => typeof value === 'number' || value.whole > 0;

/** The mean of numbers; of shares all parts by all wholes, and 1 where there is nothing to have a part of. */
function average(values: readonly (number | Share)[]): number {
  const shares = values.filter((value) => typeof value === 'object');
  if (shares.length < values.length) return mean(values.filter((value) => typeof value === 'number'));
  const sum = (of: (share: Share) => number): number => shares.reduce((total, share) => total + of(share), 0);
  const whole = sum((share) => share.whole);
  return whole === 0 ? 1 : sum((share) => share.part) / whole;
}
