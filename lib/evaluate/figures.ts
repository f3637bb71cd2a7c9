import { bootstrap, type BootstrapOptions, type Interval } from '../metrics/bootstrap.js';
import type { ClusterSums, Statistic } from '../metrics/cluster-sums.js';
import { likeness, type RunMeasure } from './measure.js';
import type { Figure, Metrics, WithFigure } from './metrics.js';
import {
  ceilingOf,
  copiesOf,
  longestCopiedOf,
  natsPerTokenOf,
  ofCeilingOf,
  otherOf,
  othersIn,
  perfectOf,
  referenceNatsOf,
  scoreOf,
} from './score-sums.js';

/** The context of figures: everything but the sums. */
export interface FiguresContext {
  /** What judged each guide, by label. */
  readonly guides: Readonly<Record<string, string>>;
  /** The language models, by name. */
  readonly fluency: Readonly<Record<string, string>>;
  /** Nats per token of the held-out corpus, by name of the language model. */
  readonly heldOut: Readonly<Record<string, number>>;
}

/** Gives each statistic its value over all texts, with or without an interval. */
export type Estimator<F extends Figure> = (
  sums: ClusterSums,
  statistics: Readonly<Record<string, Statistic>>,
) => Readonly<Record<string, F>>;

/** Returns an estimator of values with bootstrap intervals, all from the same resamples. */
export const withIntervals =
  (options: BootstrapOptions): Estimator<Interval> =>
  (sums, statistics) =>
    bootstrap(sums, statistics, options);

/** Estimates values without intervals. */
export const meansOnly: Estimator<{ readonly mean: number }> = (sums, statistics) =>
  Object.fromEntries(Object.entries(statistics).map(([name, statistic]) => [name, { mean: sums.total(statistic) }]));

type Figures<F> = WithFigure<F, Pick<Metrics, 'targets' | 'guides' | 'fluency' | 'novelty' | 'references'>>;
type Values<F> = Readonly<Record<string, F>>;

/** Returns the figures of a run that may have intervals. A figure that no text has is left out. */
export function figuresOf<F extends Figure>(measure: RunMeasure, context: FiguresContext, estimate: Estimator<F>): Figures<F> {
  const { sums } = measure;
  const { guides, fluency } = context;
  const labels = Object.keys(guides).filter((label) => has(sums, `${label} n`));
  const models = Object.keys(fluency).filter((name) => has(sums, `tokens ${name}`));
  const knowsCopies = has(sums, 'known copies');
  const values = estimate(sums, {
    ...Object.fromEntries(labels.flatMap((label) => guideStatistics(label, othersIn(sums, label)))),
    ...Object.fromEntries(models.map((name) => [`fluency ${name}`, natsPerTokenOf(name)])),
    ...(knowsCopies && { copies: copiesOf, 'longest copied': longestCopiedOf }),
    ...(measure.hasReferences && likeness),
  });
  return {
    targets: sums.size,
    guides: Object.fromEntries(labels.map((label) => [label, guideFigures(sums, label, values, guides[label]!)])),
    fluency: Object.fromEntries(models.map((name) => [name, fluencyFigures(sums, name, values, context)])),
    ...(knowsCopies && { novelty: noveltyOf(measure, values) }),
    ...(measure.hasReferences && { references: referencesOf(measure, values) }),
  };
}

const has = (sums: ClusterSums, column: string): boolean => sums.column(column).some((n) => n > 0);

function guideFigures<F>(sums: ClusterSums, label: string, values: Values<F>, judge: string): Figures<F>['guides'][string] {
  const referred = has(sums, `${label} referred`);
  const ceiling = sums.total(ceilingOf(label));
  const others = othersIn(sums, label).map((name) => {
    const own = values[`${label} also ${name}`]!;
    return [name, referred ? { ...own, ceiling: sums.total(otherOf(label, name, 'reference also')) } : own] as const;
  });
  return {
    score: values[`${label} score`]!,
    perfect: values[`${label} perfect`]!,
    ...(referred && { ceiling }),
    ...(referred && ceiling > 0 && { ofCeiling: sums.total(ofCeilingOf(label)) }),
    also: Object.fromEntries(others),
    judge,
    texts: sums.total((sum) => sum(`${label} n`)),
  };
}

function fluencyFigures<F extends Figure>(
  sums: ClusterSums,
  name: string,
  values: Values<F>,
  { fluency, heldOut }: FiguresContext,
): Figures<F>['fluency'][string] {
  const natsPerToken = values[`fluency ${name}`]!;
  return {
    natsPerToken,
    perplexity: Math.exp(natsPerToken.mean),
    ...(has(sums, `reference tokens ${name}`) && { references: sums.total(referenceNatsOf(name)) }),
    ...(heldOut[name] !== undefined && { heldOut: heldOut[name] }),
    judge: fluency[name]!,
  };
}

const guideStatistics = (label: string, others: readonly string[]): (readonly [string, Statistic])[] => [
  [`${label} score`, scoreOf(label)],
  [`${label} perfect`, perfectOf(label)],
  ...others.map((name) => [`${label} also ${name}`, otherOf(label, name)] as const),
];

const noveltyOf = <F>(measure: RunMeasure, values: Values<F>): NonNullable<Figures<F>['novelty']> => ({
  copies: values['copies']!,
  longestCopied: values['longest copied']!,
  longestCopiedMax: measure.longestCopied,
});

const referencesOf = <F>(measure: RunMeasure, values: Values<F>): NonNullable<Figures<F>['references']> => ({
  texts: measure.sums.total((sum) => sum('referred')),
  bleu4: values['bleu4']!,
  rougeL: values['rougeL']!,
  cider: values['cider']!,
  ...(has(measure.sums, 'bert n') && { bertScore: values['bertScore']! }),
});

/**
 * Returns why a guide or a language model has no figures, or not for all texts.
 *
 * @param gaps reasons by label of the guide or name of the language model
 */
export const judgeGaps = (
  gaps: ReadonlyMap<string, string>,
  texts: number,
  { guides, fluency }: Pick<Figures<unknown>, 'guides' | 'fluency'>,
): Record<string, string> =>
  Object.fromEntries(
    [...gaps].map(([name, why]) => [
      name,
      fluency[name] === undefined
        ? `${guides[name]?.texts ?? 0} of ${texts} texts are judged: ${why}`
        : `not all texts are judged: ${why}`,
    ]),
  );
