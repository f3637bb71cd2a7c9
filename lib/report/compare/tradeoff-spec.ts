import type { TopLevelSpec } from 'vega-lite';

type Layer = Extract<Extract<TopLevelSpec, { facet: unknown }>['spec'], { layer: unknown }>['layer'][number];
type Encoding = NonNullable<Extract<Layer, { mark: unknown }>['encoding']>;

/** Most runs that a legend tells apart by colour; if there are more, the table explains the numbers. */
const MAX_NAMED = 10;
const BLUE = '#2a6099';
const PALE = '#9db2c6';

/** A point as it is drawn; success in percent. */
export interface DrawnPoint {
  readonly panel: string;
  readonly label: string;
  readonly run: string;
  readonly success: number;
  readonly low: number;
  readonly high: number;
  readonly nats: number;
  readonly natsLow: number;
  readonly natsHigh: number;
  readonly seconds: number | null;
  readonly front: boolean;
}

const x = { type: 'quantitative', scale: { zero: false, padding: 24 } } as const;
const y = { type: 'quantitative', scale: { zero: false, padding: 18 } } as const;

/** Returns panels of success against nats per token, two in a row. */
export function tradeoffSpec(values: readonly DrawnPoint[], fluency: string): TopLevelSpec {
  const panels = [...new Set(values.map(({ panel }) => panel))];
  return {
    background: 'white',
    data: { values: [...values] },
    facet: {
      ...{ field: 'panel', type: 'nominal', title: null, sort: panels },
      header: { labelFontSize: 13, labelFontWeight: 'bold' },
    },
    columns: 2,
    spec: { width: 380, height: 300, layer: [front, successRange, natsRange, pointsLayer(values, fluency), labels] },
    resolve: { scale: { x: 'independent', y: 'independent' } },
  };
}

const front: Layer = {
  transform: [{ filter: 'datum.front' }],
  mark: { type: 'line', color: '#b0b0b0', strokeDash: [4, 3], strokeWidth: 1.5 },
  encoding: { x: { ...x, field: 'nats' }, y: { ...y, field: 'success' }, order: { field: 'nats' } },
};

const successRange: Layer = {
  mark: { type: 'rule', color: PALE },
  encoding: { x: { ...x, field: 'nats' }, y: { ...y, field: 'low' }, y2: { field: 'high' } },
};

const natsRange: Layer = {
  mark: { type: 'rule', color: PALE },
  encoding: { x: { ...x, field: 'natsLow' }, x2: { field: 'natsHigh' }, y: { ...y, field: 'success' } },
};

const labels: Layer = {
  mark: { type: 'text', align: 'left', dx: 9, dy: -8, fontSize: 11 },
  encoding: { x: { ...x, field: 'nats' }, y: { ...y, field: 'success' }, text: { field: 'label' } },
};

function pointsLayer(values: readonly DrawnPoint[], fluency: string): Layer {
  const runs = new Set(values.map(({ run }) => run));
  const timed = values.some(({ seconds }) => seconds !== null);
  return {
    mark: { type: 'point', filled: true, opacity: 0.9, size: 60, color: BLUE },
    encoding: {
      x: { ...x, field: 'nats', title: `nats per token (${fluency}), less is more fluent` },
      y: { ...y, field: 'success', title: 'success, %' },
      ...(timed && { size: secondsAsSize }),
      ...(runs.size <= MAX_NAMED && { color: runAsColour }),
    },
  };
}

const secondsAsSize: NonNullable<Encoding['size']> = {
  field: 'seconds',
  type: 'quantitative',
  title: 'seconds per text',
  scale: { range: [40, 400] },
  legend: { symbolFillColor: '#888', symbolStrokeColor: '#888', tickCount: 4, format: '~g' },
};

const runAsColour: NonNullable<Encoding['color']> = {
  field: 'run',
  type: 'nominal',
  title: null,
  sort: null,
  scale: { scheme: 'tableau10' },
  legend: { labelLimit: 320, symbolSize: 90 },
};
