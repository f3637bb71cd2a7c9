import { writeAside } from '../../base/files.js';
import type { Interval } from '../../metrics/bootstrap.js';
import type { ComparedFigures, Comparison } from './comparison.js';
import { paretoFront } from './front.js';
import { type DrawnPoint, tradeoffSpec } from './tradeoff-spec.js';

/** A run in a panel. */
export interface PanelPoint {
  /** What the legend names it. */
  readonly name: string;
  /** What stands at the point. */
  readonly label: string;
  /** 0 to 1. */
  readonly success: Interval;
  /** Nats a token. */
  readonly nats: Interval;
  readonly secondsPerText?: number | undefined;
}

export interface Panel {
  readonly title: string;
  readonly points: readonly PanelPoint[];
}

/** A panel a guide. */
export const panelsOf = ({ guides, runs }: Comparison): Panel[] =>
  guides.map((guide) => ({ title: guide, points: runs.flatMap((run) => pointOf(run, guide)) }));

function pointOf({ number, name, success, natsPerToken, secondsPerText }: ComparedFigures, guide: string): PanelPoint[] {
  const score = success[guide];
  if (!score || !natsPerToken) return [];
  return [{ name: `${number} ${name}`, label: `${number}`, success: score, nats: natsPerToken, secondsPerText }];
}

/**
 * Draws success against fluency as SVG: points labelled, intervals as thin lines, the Pareto front of each panel joined; where times are
 * known the points have the size of the seconds a text. Nothing is written where there is no point.
 *
 * @param fluency the language model, for the axis
 * @returns whether there was anything to draw
 */
export async function writeTradeoffs(path: string, panels: readonly Panel[], fluency = ''): Promise<boolean> {
  const points = panels.flatMap(pointsOf);
  if (points.length === 0) return false;
  // Loaded where it is needed: these two take time that other commands need not wait.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(compile(tradeoffSpec(points, fluency)).spec), { renderer: 'none' });
  await writeAside(path, await view.toSVG());
  view.finalize();
  return true;
}

function pointsOf({ title, points }: Panel): DrawnPoint[] {
  const front = paretoFront(points.map((point) => ({ point, success: point.success.mean, nats: point.nats.mean })));
  const onFront = new Set(front.map(({ point }) => point));
  return points.map((point) => ({
    panel: title,
    label: point.label,
    run: point.name,
    ...{ success: 100 * point.success.mean, low: 100 * point.success.low, high: 100 * point.success.high },
    ...{ nats: point.nats.mean, natsLow: point.nats.low, natsHigh: point.nats.high },
    seconds: point.secondsPerText ?? null,
    front: onFront.has(point),
  }));
}
