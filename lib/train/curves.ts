import type { TopLevelSpec } from 'vega-lite';
import { writeAside } from '../base/files.js';
import type { LogLine } from './log.js';

interface Point {
  readonly step: number;
  readonly nats: number;
  readonly curve: string;
}

/** Draws the training loss and every measured curve of a log over the steps, as one SVG file. */
export async function writeCurves(path: string, lines: readonly LogLine[]): Promise<void> {
  // Loaded on demand: both are slow to load, and only training needs them.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const spec = curveSpec(lines.flatMap(pointsOf));
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  await writeAside(path, await view.toSVG());
  view.finalize();
}

/**
 * Turns a log line into points: a number gives one point; a record of numbers, such as validation by noise level, one per curve.
 */
function pointsOf({ step, loss, validation }: LogLine): Point[] {
  const levels = typeof validation === 'object' && validation !== null ? Object.entries(validation) : [];
  const points = levels.map(([name, nats]) => ({ step, nats: Number(nats), curve: name }));
  return typeof loss === 'number' ? [{ step, nats: loss, curve: 'training loss' }, ...points] : points;
}

function curveSpec(values: readonly Point[]): TopLevelSpec {
  return {
    width: 640,
    height: 360,
    background: 'white',
    data: { values: [...values] },
    mark: { type: 'line', interpolate: 'monotone', strokeWidth: 1.5 },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'optimizer step' },
      y: { field: 'nats', type: 'quantitative', title: 'cross-entropy, nats per token' },
      color: { field: 'curve', type: 'nominal', title: null, scale: { scheme: 'tableau20' } },
    },
  };
}
