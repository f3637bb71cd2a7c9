import { takenFields } from '../../config/index.js';
import type { Metrics } from '../../evaluate/metrics.js';
import type { ScoredText } from '../../evaluate/scored-texts.js';
import type { Trace } from '../../run/trace.js';
import { gapRows } from '../metrics-rows.js';
import { SuccessByLength } from './by-length.js';
import { Extremes } from './extremes.js';
import { cut, html, Html } from './html.js';
import { lengthPlots, type Plot, stepPlots, stepSuccessPlots, successPlot } from './plots.js';
import { scrubber, shownTraces } from './scrubber.js';
import { STYLE } from './style.js';
import { controlTable, measureTable } from './tables.js';
import { textsOf } from './texts.js';

export interface RunPage {
  /** Name of the run, for the title. */
  readonly name: string;
  readonly metrics: Metrics;
  /** Read once, one at a time. */
  readonly texts: AsyncIterable<ScoredText> | Iterable<ScoredText>;
  /** In the order of the texts; empty if none were traced. */
  readonly traces: readonly Trace[];
}

/** Most best and worst texts that a page shows. */
const SHOWN = 12;
/** Most traces that a page plots. */
export const PLOTTED_TRACES = 24;
/** Most characters of a reason and of the config that a page shows: they keep it small. */
const [REASON, CONFIG] = [400, 30_000];

/** Returns a run as one self-contained HTML page. Reads the texts in one pass. */
export async function renderPage({ name, metrics, texts, traces }: RunPage): Promise<string> {
  const extremes = new Extremes(SHOWN);
  const lengths = new SuccessByLength(takenFields(metrics.config.guidance));
  for await (const text of texts) {
    extremes.add(text);
    lengths.add(text);
  }
  const plots = [
    ...(await successPlot(metrics)),
    ...(await lengthPlots(metrics, lengths)),
    ...(await stepSuccessPlots(metrics)),
    ...(await stepPlots(traces.slice(0, PLOTTED_TRACES))),
  ];
  const { worst, best } = extremes.found();
  const sections = [
    controlOf(metrics),
    html`<section>
      <h2>Fluency and variety</h2>
      ${measureTable(metrics)}
    </section>`,
    plots.length > 0
      ? html`<section>
          <h2>Plots</h2>
          <div class="plots">${plots.map(plotted)}</div>
        </section>`
      : undefined,
    traces.length > 0 ? traced(shownTraces(traces)) : undefined,
    textsOf(
      'Worst texts',
      worst,
      'The lowest control first; among equals, the least typical first. Faults are marked in the text.',
    ),
    textsOf('Best texts', best, 'The highest control first; among equals, the most typical first.'),
    html`<details>
      <summary>Resolved config</summary>
      <pre>${cut(JSON.stringify(metrics.config, null, 2), CONFIG)}</pre>
    </details>`,
  ];
  return reportPage(name, ledeOf(metrics), sections, 'diffusteer evaluate');
}

/** Returns a self-contained page. @param by command that made it */
export function reportPage(name: string, lede: string, sections: readonly (Html | undefined)[], by: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${name} · diffusteer</title>
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          <h1>${name}</h1>
          <p class="lede">${lede}</p>
        </header>
        <main>${sections}</main>
        <footer>Made by <code>${by}</code>. The page loads nothing else.</footer>
      </body>
    </html> `.source;
}

function controlOf(metrics: Metrics): Html {
  const { replicates, seed } = metrics.bootstrap;
  return html`<section>
    <h2>Control</h2>
    ${controlTable(metrics)}
    <p class="note">
      Success with its 95 % interval: bootstrap over targets, ${replicates} replicates, random seed ${seed}. The ceiling is the
      score of the references, sentences that people wrote for the targets, by the same judge. No judge shares a model with a
      guide.
    </p>
    ${gapsOf(metrics)}
  </section>`;
}

function ledeOf({ texts, targets, method, config }: Metrics): string {
  const { sampler, model, seed } = config;
  const how =
    method ?? `${sampler.steps} steps of ${sampler.name} at temperature ${sampler.temperature}, model ${model}, seed ${seed}`;
  return `${texts} ${texts === 1 ? 'text' : 'texts'} for ${targets} ${targets === 1 ? 'target' : 'targets'}; ${how}`;
}

function gapsOf(metrics: Metrics): Html | undefined {
  const gaps = gapRows(metrics);
  if (gaps.length === 0) return undefined;
  const rows = gaps.map(
    ([what, why]) =>
      html`<dt>${what}</dt>
        <dd>${withCode(cut(why, REASON))}</dd>`,
  );
  return html`<div class="gaps" role="note">
    <h2>Not measured</h2>
    <dl>${rows}</dl>
  </div>`;
}

/** Turns text between backticks into code. */
const withCode = (text: string): Html[] =>
  text.split('`').map((part, i) => (i % 2 === 0 ? html`${part}` : html`<code>${part}</code>`));

const plotted = ({ title, note, svg }: Plot): Html =>
  html`<figure>
    <h3>${title}</h3>
    ${svg}
    <figcaption>${note}</figcaption>
  </figure>`;

const traced = (traces: readonly Trace[]): Html =>
  html`<section>
    <h2>Out of noise</h2>
    <p class="note">
      The text that each reverse step predicts. The paler a word, the higher its entropy; words of more than 1.6 nats are dotted.
    </p>
    ${scrubber(traces)}
  </section>`;
