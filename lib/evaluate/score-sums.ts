import type { ClusterSums, Statistic } from '../metrics/cluster-sums.js';
import type { Share } from '../judges/judge.js';
import type { GuideScore, TextScores } from './metrics.js';

/** Adds the scores of a text to the sums of its target. */
export function addScores(sums: ClusterSums, target: string, scores: TextScores): void {
  const figures: Record<string, number> = { texts: 1 };
  for (const [label, score] of Object.entries(scores.guides)) addGuide(figures, label, score);
  for (const [name, { nats, tokens }] of Object.entries(scores.fluency)) {
    figures[`nats ${name}`] = nats;
    figures[`tokens ${name}`] = tokens;
  }
  for (const [name, { nats, tokens }] of Object.entries(scores.referenceFluency ?? {})) {
    figures[`reference nats ${name}`] = nats;
    figures[`reference tokens ${name}`] = tokens;
  }
  if (scores.copied !== undefined) {
    figures['known copies'] = 1;
    figures['copied'] = scores.copied ? 1 : 0;
    figures['longest copied'] = scores.longestCopied ?? 0;
  }
  sums.add(target, figures);
}

function addGuide(figures: Record<string, number>, label: string, score: GuideScore): void {
  const { value, also = {}, reference, referenceAlso = {} } = score;
  figures[`${label} n`] = 1;
  figures[`${label} value`] = value;
  figures[`${label} perfect`] = value === 1 ? 1 : 0;
  addOthers(figures, `${label} also`, also);
  if (reference === undefined) return;
  figures[`${label} referred`] = 1;
  figures[`${label} referred value`] = value;
  figures[`${label} reference`] = reference;
  addOthers(figures, `${label} reference also`, referenceAlso);
}

function addOthers(figures: Record<string, number>, prefix: string, also: Readonly<Record<string, number | Share>>): void {
  for (const [name, figure] of Object.entries(also)) {
    const { part, whole } = typeof figure === 'number' ? { part: figure, whole: 1 } : figure;
    figures[`${prefix} ${name} part`] = part;
    figures[`${prefix} ${name} whole`] = whole;
  }
}

const ratio =
  (above: string, below: string): Statistic =>
  (sum) =>
    sum(above) / sum(below);

/** Returns the statistic of a guide's mean score. */
export const scoreOf = (label: string): Statistic => ratio(`${label} value`, `${label} n`);
export const perfectOf = (label: string): Statistic => ratio(`${label} perfect`, `${label} n`);
export const ceilingOf = (label: string): Statistic => ratio(`${label} reference`, `${label} referred`);
/** Returns the statistic of the score as a share of the ceiling, over the texts whose target has a reference. */
export const ofCeilingOf = (label: string): Statistic => ratio(`${label} referred value`, `${label} reference`);

/**
 * Returns the statistic of a figure by another definition: for shares, the sum of the parts over the sum of the wholes, or 1 if that is 0.
 *
 * @param of `also` for the texts, `reference also` for the references
 */
export const otherOf =
  (label: string, name: string, of: 'also' | 'reference also' = 'also'): Statistic =>
  (sum) => {
    const whole = sum(`${label} ${of} ${name} whole`);
    return whole === 0 ? 1 : sum(`${label} ${of} ${name} part`) / whole;
  };

/** Returns the statistic of the nats per token, all tokens weighing the same; the perplexity is e to it. */
export const natsPerTokenOf = (judge: string): Statistic => ratio(`nats ${judge}`, `tokens ${judge}`);
export const referenceNatsOf = (judge: string): Statistic => ratio(`reference nats ${judge}`, `reference tokens ${judge}`);
export const copiesOf: Statistic = ratio('copied', 'known copies');
export const longestCopiedOf: Statistic = ratio('longest copied', 'known copies');

/**
 * Returns the names of a guide's other definitions in the sums. One that counted nothing is left out, such as a classifier that knows none of
 * the values.
 */
export function othersIn(sums: ClusterSums, label: string): string[] {
  const [begin, end] = [`${label} also `, ' whole'];
  return sums.columns.flatMap((name) =>
    name.startsWith(begin) && name.endsWith(end) && sums.column(name).some((whole) => whole > 0)
      ? [name.slice(begin.length, -end.length)]
      : [],
  );
}
