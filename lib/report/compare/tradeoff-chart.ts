import { writeAside } from '../../base/files.js';
import type { Interval } from '../../metrics/bootstrap.js';
import type { ComparedFigures, Comparison } from './comparison.js';
import { paretoFront } from './front.js';
import { type DrawnPoint, tradeoffSpec } from './tradeoff-spec.js';

/** A run in a panel. */
export interface PanelPoint {
  /** Its name in the legend. */
  readonly name: string;
  /** Text next to the point. */
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

/** Returns a panel for each guide. */
export const panelsOf = ({ guides, runs }: Comparison): Panel[] =>
  guides.map((guide) => ({ title: guide, points: runs.flatMap((run) => pointOf(run, guide)) }));

function pointOf({ number, name, success, natsPerToken, secondsPerText }: ComparedFigures, guide: string): PanelPoint[] {
  const score = success[guide];
  if (!score || !natsPerToken) return [];
  return [{ name: `${number} ${name}`, label: `${number}`, success: score, nats: natsPerToken, secondsPerText }];
}

/**
 * Draws success against fluency as SVG: labelled points, intervals as thin lines, the Pareto front of each panel joined. If times are known,
 * the area of a point shows the seconds per text. Writes nothing if there is no point.
 *
 * @param fluency the language model, for the axis
 * @returns whether there was a point to draw
 */
export async function writeTradeoffs(path: string, panels: readonly Panel[], fluency = ''): Promise<boolean> {
  const points = panels.flatMap(pointsOf);
  if (points.length === 0) return false;
  // Loaded on demand: these two are slow to load.
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
