import type { TopLevelSpec } from 'vega-lite';
import type { Metrics } from '../../evaluate/metrics.js';
import type { Interval } from '../../metrics/bootstrap.js';
import type { Trace } from '../../run/trace.js';
import type { LengthBin, SuccessByLength } from './by-length.js';
import { Html } from './html.js';

/** A plot with its caption. */
export interface Plot {
  readonly title: string;
  readonly note: string;
  readonly svg: Html;
}

const WIDTH = 250;
const HEIGHT = 170;
const INTERVAL = { type: 'rule', strokeWidth: 2, color: 'var(--accent)' };
const POINT = { type: 'point', filled: true, size: 55, opacity: 1, color: 'var(--accent)' };
/** Most guides that get their own plot. */
const MOST_GUIDES = 6;

/** Uses the colours of the page, so that plots follow its light and dark scheme. */
const THEME = {
  aria: false,
  font: 'inherit',
  background: 'transparent',
  view: { stroke: null },
  axis: {
    labelColor: 'var(--soft)',
    titleColor: 'var(--soft)',
    titleFontWeight: 'normal',
    labelFontSize: 11,
    titleFontSize: 11,
    domainColor: 'var(--rule)',
    tickColor: 'var(--rule)',
    gridColor: 'var(--line)',
    gridOpacity: 0.6,
  },
} as const;

/** Plots the success of each guide with its interval and, as a vertical stroke, its ceiling. */
export async function successPlot({ guides }: Metrics): Promise<Plot[]> {
  const values = Object.entries(guides).map(([guide, { score, ceiling }]) => ({ guide, ...score, ceiling: ceiling ?? null }));
  if (values.length === 0) return [];
  const y = { field: 'guide', type: 'nominal', title: null, sort: null, axis: { ticks: false, domain: false, labelLimit: 110 } };
  const low = Math.min(0.5, ...values.map((value) => Math.max(0, Math.floor(value.low * 10) / 10)));
  const svg = await draw('Success of each control with its interval', {
    data: { values },
    height: { step: 34 },
    encoding: { y },
    layer: [
      { mark: INTERVAL, encoding: { x: share('low', 'success', [low, 1]), x2: { field: 'high' } } },
      { mark: POINT, encoding: { x: { field: 'mean', type: 'quantitative' } } },
      {
        transform: [{ filter: 'datum.ceiling !== null' }],
        mark: { type: 'tick', thickness: 2, size: 18, color: 'var(--ink)' },
        encoding: { x: { field: 'ceiling', type: 'quantitative' } },
      },
    ],
  });
  return [
    {
      title: 'Success',
      note: 'Mean and 95 % interval; the vertical stroke is the ceiling, the score of the references by the same judge.',
      svg,
    },
  ];
}

/** Plots success by the length of texts, one plot per guide. */
export async function lengthPlots({ guides }: Metrics, lengths: SuccessByLength): Promise<Plot[]> {
  const of = lengths.isOfTarget ? 'words of the target' : 'words of the text';
  const plots = Object.keys(guides)
    .slice(0, MOST_GUIDES)
    .map((guide) => lengthPlot(guide, lengths.bins(guide), of));
  return (await Promise.all(plots)).flat();
}

async function lengthPlot(guide: string, bins: readonly LengthBin[], title: string): Promise<Plot[]> {
  if (bins.length < 2) return [];
  const values = bins.map(({ from, to, ...interval }) => ({ ...interval, x: (from + to) / 2 }));
  const svg = await means(`Success of ${guide} over ${title}`, title, values);
  const sizes = bins.map(({ texts }) => texts);
  const note = `${guide}, mean and 95 % interval of ${bins.length} groups of ${Math.min(...sizes)} to ${Math.max(...sizes)} texts.`;
  return [{ title: `${guide} by length`, note, svg }];
}

/** Plots the success of what reverse steps predict, one plot per guide. */
export async function stepSuccessPlots({ byStep }: Metrics): Promise<Plot[]> {
  if (!byStep) return [];
  const { texts, guides } = byStep;
  const plots = Object.entries(guides)
    .slice(0, MOST_GUIDES)
    .map(async ([guide, steps]): Promise<Plot> => {
      const values = steps.map(({ step, ...interval }) => ({ ...interval, x: step + 1 }));
      return {
        title: `${guide} by step`,
        note: `${guide}, mean and 95 % interval of what ${values.length} of the steps predict for ${tracedTexts(texts)}.`,
        svg: await means(`Success of ${guide} over the reverse steps`, 'reverse step', values),
      };
    });
  return Promise.all(plots);
}

const tracedTexts = (count: number): string => `${count} traced ${count === 1 ? 'text' : 'texts'}`;

/** Plots joined points with their intervals. @param title title of the axis */
function means(label: string, title: string, values: readonly (Interval & { readonly x: number })[]): Promise<Html> {
  const range = [Math.min(0.9, ...values.map(({ low }) => low)), 1] as const;
  const scale = { zero: false, nice: false, padding: 8 };
  const mean = share('mean', null, range);
  return draw(label, {
    data: { values },
    height: HEIGHT,
    encoding: { x: { field: 'x', type: 'quantitative', title, scale, axis: { grid: false, tickCount: 6 } } },
    layer: [
      { mark: { type: 'line', strokeWidth: 1, color: 'var(--accent)' }, encoding: { y: mean } },
      { mark: INTERVAL, encoding: { y: share('low', null, range), y2: { field: 'high' } } },
      { mark: POINT, encoding: { y: mean } },
    ],
  });
}

/** Plots the entropy of the words, and the log-probability by each guide, over the reverse steps of traces. */
export async function stepPlots(traces: readonly Trace[]): Promise<Plot[]> {
  if (traces.length === 0) return [];
  const of = tracedTexts(traces.length);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const entropy = await overSteps('Entropy over the reverse steps', 'nats per word', traces, ({ entropy: all }) => mean(all));
  const plots: Plot[] = [{ title: 'How words settle', note: `Entropy of the words of ${of}, and their mean.`, svg: entropy }];
  for (const guide of Object.keys(traces[0]!.steps[0]!.guides).slice(0, MOST_GUIDES)) {
    const said = traces.flatMap(({ steps }) => steps.flatMap(({ guides }) => guides[guide] ?? []));
    if (new Set(said).size < 2) continue; // constant, such as a hard fact
    const svg = await overSteps(
      `Log-probability of ${guide} over the reverse steps`,
      'nats',
      traces,
      ({ guides }) => guides[guide] ?? null,
    );
    plots.push({
      title: `Log-probability by ${guide}`,
      note: `Log-probability of each predicted text, ${of}, and their mean.`,
      svg,
    });
  }
  return plots;
}

function overSteps(
  label: string,
  title: string,
  traces: readonly Trace[],
  valueOf: (step: Trace['steps'][number]) => number | null,
): Promise<Html> {
  const values = traces.flatMap(({ id, steps }) =>
    steps.map((step) => ({ id, step: step.step + 1, value: valueOf(step) })).filter(({ value }) => value !== null),
  );
  const x = {
    field: 'step',
    type: 'quantitative',
    title: 'reverse step',
    scale: { nice: false },
    axis: { grid: false, tickCount: 6 },
  };
  const y = { field: 'value', type: 'quantitative', title, axis: { tickCount: 5 } };
  return draw(label, {
    data: { values },
    height: HEIGHT,
    encoding: { x },
    layer: [
      { mark: { type: 'line', strokeWidth: 0.6, color: 'var(--rule)' }, encoding: { y, detail: { field: 'id' } } },
      { mark: { type: 'line', strokeWidth: 2, color: 'var(--accent)' }, encoding: { y: { ...y, aggregate: 'mean' } } },
    ],
  });
}

const share = (field: string, title: string | null, domain: readonly [number, number]) => ({
  field,
  type: 'quantitative',
  title,
  scale: { domain, nice: true, zero: false },
  axis: { format: '.0%', tickCount: 4, labelFlush: false },
});

/** Draws a plot as SVG for a page. */
async function draw(label: string, spec: Record<string, unknown>): Promise<Html> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const whole = { width: WIDTH, padding: 4, config: THEME, ...spec } as unknown as TopLevelSpec;
  const view = new vega.View(vega.parse(compile(whole).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return inPage(svg, label);
}

/** Drops the XML namespaces, which HTML does not need, and adds a label for screen readers. */
function inPage(svg: string, label: string): Html {
  const name = label.replace(/[&<>"]/g, ' ');
  return new Html(svg.replace(/ xmlns(?::\w+)?="[^"]*"/g, '').replace('<svg', `<svg role="img" aria-label="${name}"`));
}
