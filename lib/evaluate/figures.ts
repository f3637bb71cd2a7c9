import { type Key, split } from '../base/random.js';
import type { Interval } from '../metrics/bootstrap.js';
import { bootstrap, REPLICATES } from '../metrics/bootstrap.js';
import type { ClusterSums, Statistic } from '../metrics/cluster-sums.js';
import { likeness, type RunMeasure } from './measure.js';
import type { FluencyMetrics, GuideMetrics, Metrics } from './metrics.js';
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

/** What figures are made of beside the sums. */
export interface MetricsContext {
  readonly key: Key;
  /** Guides and what judged them, by label. */
  readonly guides: Readonly<Record<string, string>>;
  /** Language models, by name. */
  readonly fluency: Readonly<Record<string, string>>;
  /** Nats a token of the held-out corpus, by name of the language model. */
  readonly heldOut: Readonly<Record<string, number>>;
  /** Resamplings. Default 1000. */
  readonly replicates?: number;
}

type Figures = Pick<Metrics, 'targets' | 'guides' | 'fluency' | 'novelty' | 'references'>;

/** The figures of a run that have intervals, all from the same resamples. What no text has is left out. */
export function figuresOf(measure: RunMeasure, context: MetricsContext): Figures {
  const { sums } = measure;
  const { key, replicates = REPLICATES, guides, fluency } = context;
  const labels = Object.keys(guides).filter((label) => has(sums, `${label} n`));
  const models = Object.keys(fluency).filter((name) => has(sums, `tokens ${name}`));
  const knowsCopies = has(sums, 'known copies');
  const statistics: Record<string, Statistic> = {
    ...Object.fromEntries(labels.flatMap((label) => guideStatistics(label, othersIn(sums, label)))),
    ...Object.fromEntries(models.map((name) => [`fluency ${name}`, natsPerTokenOf(name)])),
    ...(knowsCopies && { copies: copiesOf, 'longest copied': longestCopiedOf }),
    ...(measure.hasReferences && likeness),
  };
  const intervals: Intervals = bootstrap(sums, statistics, { key: split(key, 'bootstrap'), replicates });
  return {
    targets: sums.size,
    guides: Object.fromEntries(labels.map((label) => [label, guideFigures(sums, label, intervals, guides[label]!)])),
    fluency: Object.fromEntries(models.map((name) => [name, fluencyFigures(sums, name, intervals, context)])),
    ...(knowsCopies && { novelty: noveltyOf(measure, intervals) }),
    ...(measure.hasReferences && { references: referencesOf(measure, intervals) }),
  };
}

type Intervals = Readonly<Record<string, Interval>>;

const has = (sums: ClusterSums, column: string): boolean => sums.column(column).some((n) => n > 0);

function guideFigures(sums: ClusterSums, label: string, intervals: Intervals, judge: string): GuideMetrics {
  const referred = has(sums, `${label} referred`);
  const ceiling = sums.total(ceilingOf(label));
  const others = othersIn(sums, label).map((name) => {
    const own = intervals[`${label} also ${name}`]!;
    return [name, referred ? { ...own, ceiling: sums.total(otherOf(label, name, 'reference also')) } : own] as const;
  });
  return {
    score: intervals[`${label} score`]!,
    perfect: intervals[`${label} perfect`]!,
    ...(referred && { ceiling }),
    ...(referred && ceiling > 0 && { ofCeiling: sums.total(ofCeilingOf(label)) }),
    also: Object.fromEntries(others),
    judge,
    texts: sums.total((sum) => sum(`${label} n`)),
  };
}

function fluencyFigures(
  sums: ClusterSums,
  name: string,
  intervals: Intervals,
  { fluency, heldOut }: MetricsContext,
): FluencyMetrics {
  const natsPerToken = intervals[`fluency ${name}`]!;
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

const noveltyOf = (measure: RunMeasure, intervals: Intervals): NonNullable<Metrics['novelty']> => ({
  copies: intervals['copies']!,
  longestCopied: intervals['longest copied']!,
  longestCopiedMax: measure.longestCopied,
});

const referencesOf = (measure: RunMeasure, intervals: Intervals): NonNullable<Metrics['references']> => ({
  texts: measure.sums.total((sum) => sum('referred')),
  bleu4: intervals['bleu4']!,
  rougeL: intervals['rougeL']!,
  cider: intervals['cider']!,
  ...(has(measure.sums, 'bert n') && { bertScore: intervals['bertScore']! }),
});
