import type { Metrics } from '../../evaluate/metrics.js';
import type { Interval } from '../../metrics/bootstrap.js';
import { measureRows } from '../metrics-rows.js';
import { html, type Html } from './html.js';

/** Returns a table of the success of every control, followed by other definitions; the judge is under the name. */
export function controlTable({ guides }: Metrics): Html {
  if (Object.keys(guides).length === 0) return html`<p>This run has no guides that a judge knows.</p>`;
  const rows = Object.entries(guides).map(([label, { judge, score, ceiling, ofCeiling, perfect, also }]) => {
    const others = Object.entries(also).map(
      ([name, figure]) =>
        html`<tr class="sub">
          <th scope="row">${name}</th>
          <td>${percentText(figure.mean)}<small>${range(figure)}</small></td>
          <td>${share(figure.ceiling)}</td>
          <td></td>
          <td></td>
        </tr>`,
    );
    return html`<tr>
        <th scope="row">${label}<small>judged by ${judge}</small></th>
        <td><span class="figure">${percentText(score.mean)}</span><small>${range(score)}</small></td>
        <td>${share(ceiling)}</td>
        <td>${share(ofCeiling)}</td>
        <td>${percentText(perfect.mean)}<small>${range(perfect)}</small></td>
      </tr>
      ${others}`;
  });
  return reportTable('Success of the controls', ['control', 'success', 'ceiling', 'of ceiling', 'perfect texts'], rows);
}

/** Returns a table of fluency, diversity, novelty, likeness to references, length and time. */
export function measureTable(metrics: Metrics): Html {
  const rows = measureRows(metrics).map(
    ([name = '', value = '', interval = '']) => html`<tr${name.startsWith('  ') ? html` class="sub"` : ''}>
      <th scope="row">${name.trim()}</th>
      <td>
        <span class="figure">${value}</span>
        ${interval === '' ? undefined : html`<small>${interval}</small>`}
      </td>
    </tr>`,
  );
  return reportTable('Measures of the texts', ['measure', 'value and its 95 % interval'], rows, 'measures');
}

/** Returns a table that scrolls on a narrow screen. @param label for screen readers */
export function reportTable(label: string, header: readonly string[], rows: readonly Html[], kind = 'controls'): Html {
  return html`<div class="scroll ${kind}" role="region" aria-label="${label}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${header.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export const percentText = (value: number): string => `${(100 * value).toFixed(1)} %`;
const share = (value: number | undefined): Html =>
  value === undefined ? html`<span aria-label="not known">–</span>` : html`${percentText(value)}`;
const range = ({ low, high }: Interval): string => `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
