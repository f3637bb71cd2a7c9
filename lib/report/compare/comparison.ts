import { isDeepStrictEqual } from 'node:util';
import type { Metrics } from '../../evaluate/metrics.js';
import type { Interval } from '../../metrics/bootstrap.js';
import { paretoFront } from './front.js';

/** A run that is compared: what it measures, or why it has no figures. */
export interface ComparedRun {
  readonly name: string;
  /** What the run differs in, where the runs make a grid. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly metrics?: Metrics;
  readonly failure?: string;
}

/** The figures of a run that a comparison is about. */
export interface ComparedFigures {
  /** From 1, in the order given; plots use it where names are many. */
  readonly number: number;
  readonly name: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly texts?: number;
  /** Mean scores, 0 to 1, by the label of the guide. */
  readonly success: Readonly<Record<string, Interval>>;
  /** Under the comparison's language model. */
  readonly natsPerToken?: Interval;
  readonly perplexity?: number;
  readonly secondsPerText?: number;
  readonly distinctTexts?: number;
  /** Guides on whose Pareto front of success against nats a token the run is. */
  readonly front: readonly string[];
  readonly failure?: string;
  /** What could not be measured: why. */
  readonly gaps: Readonly<Record<string, string>>;
}

/** Runs side by side. */
export interface Comparison {
  /** Labels of the guides that any run was judged by. */
  readonly guides: readonly string[];
  /** The language model that says how fluent the texts are; undefined where the runs have none in common. */
  readonly fluency?: string;
  readonly runs: readonly ComparedFigures[];
}

/** The language model that is taken where the runs were measured by several. */
const PREFERRED = ['lm', 'ngram'];

/** @param fluency a fluency judge by name. Default: one that all runs have, `lm` if they do */
export function compareRuns(runs: readonly ComparedRun[], fluency = commonFluency(runs)): Comparison {
  const guides = guidesOf(runs);
  const figures = runs.map((run, i) => figuresOf(run, i + 1, guides, fluency));
  const fronts = new Map(guides.map((guide) => [guide, frontOf(guide, figures)] as const));
  const withFront = figures.map((own) => ({ ...own, front: guides.filter((guide) => fronts.get(guide)!.has(own.number)) }));
  return { guides, ...(fluency === undefined ? {} : { fluency }), runs: withFront };
}

function commonFluency(runs: readonly ComparedRun[]): string | undefined {
  const measured = runs.flatMap(({ metrics }) => (metrics ? [Object.keys(metrics.fluency)] : []));
  const common = (measured[0] ?? []).filter((name) => measured.every((names) => names.includes(name)));
  return PREFERRED.find((name) => common.includes(name)) ?? common[0];
}

/** Without those that repeat another: `tree#2`, where a run is steered towards the same trees in two places. */
function guidesOf(runs: readonly ComparedRun[]): string[] {
  const measured = runs.flatMap(({ metrics }) => (metrics ? [metrics.guides] : []));
  const labels = [...new Set(measured.flatMap(Object.keys))];
  const repeats = (label: string): boolean => {
    const first = label.replace(/#\d+$/, '');
    if (first === label) return false;
    return measured.every((guides) => !guides[label] || isDeepStrictEqual(guides[label].score, guides[first]?.score));
  };
  return labels.filter((label) => !repeats(label));
}

function figuresOf(
  { name, values, metrics, failure }: ComparedRun,
  number: number,
  guides: readonly string[],
  fluency: string | undefined,
): ComparedFigures {
  const own = { number, name, ...(values && { values }), front: [], gaps: {} };
  if (!metrics) return { ...own, success: {}, failure: failure ?? 'was not measured' };
  const known = guides.flatMap((guide) => (metrics.guides[guide] ? [[guide, metrics.guides[guide].score] as const] : []));
  const cost = fluency === undefined ? undefined : metrics.fluency[fluency];
  return {
    ...own,
    texts: metrics.texts,
    success: Object.fromEntries(known),
    ...(cost && { natsPerToken: cost.natsPerToken, perplexity: cost.perplexity }),
    ...(metrics.secondsPerText === undefined ? {} : { secondsPerText: metrics.secondsPerText }),
    distinctTexts: metrics.diversity.distinctTexts,
    gaps: metrics.gaps,
  };
}

/** Numbers of the runs on the front of a guide. */
function frontOf(guide: string, runs: readonly ComparedFigures[]): Set<number> {
  const points = runs.flatMap(({ number, success, natsPerToken }) => {
    const score = success[guide];
    return score && natsPerToken ? [{ number, success: score.mean, nats: natsPerToken.mean }] : [];
  });
  return new Set(paretoFront(points).map(({ number }) => number));
}
