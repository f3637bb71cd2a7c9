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
  /** Of the run, for the title. */
  readonly name: string;
  readonly metrics: Metrics;
  /** Read once, and never held together. */
  readonly texts: AsyncIterable<ScoredText> | Iterable<ScoredText>;
  /** In the order of the texts; empty where none were traced. */
  readonly traces: readonly Trace[];
}

/** Best and worst texts that a page shows. */
const SHOWN = 12;
/** Traces that a page takes in. */
export const PLOTTED_TRACES = 24;
/** Characters of a reason and of the config that a page shows: it stays small whatever a run holds. */
const [REASON, CONFIG] = [400, 30_000];

/** A run as one page of HTML that needs nothing from outside. The texts are read in one pass. */
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
    textsOf('Worst texts', worst, 'The lowest control first; of equals the least typical first. What failed stands in the text.'),
    textsOf('Best texts', best, 'The highest control first; of equals the most typical first.'),
    html`<details>
      <summary>Resolved config</summary>
      <pre>${cut(JSON.stringify(metrics.config, null, 2), CONFIG)}</pre>
    </details>`,
  ];
  return whole(name, ledeOf(metrics), sections).source;
}

function whole(name: string, lede: string, sections: readonly (Html | undefined)[]): Html {
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
        <footer>Made by <code>diffusteer evaluate</code>. Nothing is loaded from elsewhere.</footer>
      </body>
    </html> `;
}

function controlOf(metrics: Metrics): Html {
  const { replicates, seed } = metrics.bootstrap;
  return html`<section>
    <h2>Control</h2>
    ${controlTable(metrics)}
    <p class="note">
      Success with its 95 % interval: bootstrap over targets, ${replicates} resamplings, seed ${seed}. The ceiling is the same
      judge on the references, sentences that people wrote for the targets. No judge shares a model with a guide.
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

/** What stands between backticks is code. */
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
      The text that each reverse step predicts. Words are paler the more open they are; dots stand under those of more than 1.6
      nats.
    </p>
    ${scrubber(traces)}
  </section>`;
