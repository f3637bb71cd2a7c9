import { isDeepStrictEqual } from 'node:util';
import { guideOf } from '../../base/clause-label.js';
import type { Metrics } from '../../evaluate/metrics.js';
import type { Interval } from '../../metrics/bootstrap.js';
import { paretoFront } from './front.js';

/** A run to compare: its metrics, or why there are none. */
export interface ComparedRun {
  readonly name: string;
  /** Its values by path, if the runs make a grid. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly metrics?: Metrics;
  readonly failure?: string;
}

/** The figures of a run in a comparison. */
export interface ComparedFigures {
  /** From 1, in the order given; plots show it instead of the name if there are many runs. */
  readonly number: number;
  readonly name: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly texts?: number;
  /** Mean scores, 0 to 1, by label of the guide. */
  readonly success: Readonly<Record<string, Interval>>;
  /** By the comparison's language model. */
  readonly natsPerToken?: Interval;
  readonly perplexity?: number;
  readonly secondsPerText?: number;
  readonly distinctTexts?: number;
  /** Guides for which the run is on the Pareto front of success against nats per token. */
  readonly front: readonly string[];
  readonly failure?: string;
  /** Why something could not be measured, by name. */
  readonly gaps: Readonly<Record<string, string>>;
}

/** A comparison of runs. */
export interface Comparison {
  /** Labels of the guides that any run was judged by. */
  readonly guides: readonly string[];
  /** The language model that measures fluency; undefined if the runs have none in common. */
  readonly fluency?: string;
  readonly runs: readonly ComparedFigures[];
}

/** The language model to use if several measured the runs. */
const PREFERRED = ['lm', 'ngram'];

/** Compares runs. @param fluency name of a fluency judge. Default: one that all runs have, `lm` if they do */
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

/** Leaves out labels that repeat another, such as `tree#2` if a run is steered to the same trees in two ways. */
function guidesOf(runs: readonly ComparedRun[]): string[] {
  const measured = runs.flatMap(({ metrics }) => (metrics ? [metrics.guides] : []));
  const labels = [...new Set(measured.flatMap(Object.keys))];
  const repeats = (label: string): boolean => {
    const first = guideOf(label);
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

/** Returns the numbers of the runs on the front of a guide. */
function frontOf(guide: string, runs: readonly ComparedFigures[]): Set<number> {
  const points = runs.flatMap(({ number, success, natsPerToken }) => {
    const score = success[guide];
    return score && natsPerToken ? [{ number, success: score.mean, nats: natsPerToken.mean }] : [];
  });
  return new Set(paretoFront(points).map(({ number }) => number));
}
