import { join } from 'node:path';
import type { AugmentSummary, LabelSummary, Provenance } from '../augment/index.js';
import { writeAside } from '../base/files.js';
import { jsonLines } from '../base/jsonl.js';
import { cut, html, type Html } from './page/html.js';
import { percentText, reportTable } from './page/tables.js';
import { reportPage } from './page/page.js';

/** Rows of each label that the page shows. */
const SHOWN = 5;
/** Most characters of the config that the page shows. */
const CONFIG = 30_000;

/** Writes report.html for a finished run of `augment`. @throws InputError if a file of the run is broken */
export async function writeAugmentReport(folder: string, summary: AugmentSummary): Promise<void> {
  const examples = new Map<string, Provenance[]>();
  for await (const row of jsonLines<Provenance>(join(folder, 'provenance.jsonl'))) {
    const own = examples.get(row.label) ?? [];
    if (own.length < SHOWN) examples.set(row.label, [...own, row]);
  }
  await writeAside(join(folder, 'report.html'), augmentPage(summary, examples));
}

/** Returns the page of a run. @param examples some rows of each label */
export function augmentPage(summary: AugmentSummary, examples: ReadonlyMap<string, readonly Provenance[]>): string {
  const { labels, rows, rounds, judge, config, model } = summary;
  const lede = `${rows.generated} rows for ${labels.length} labels from ${rows.given} given ones, in ${rounds} rounds; model ${config.from} fine-tuned to ${model.path}, seed ${config.seed}`;
  const sections = [
    html`<section>
      <h2>Labels</h2>
      ${labelTable(labels)}
      <p class="note">
        A text is refused if the classifier of the filter, which learned the given rows and did not guide, does not have its label
        among the ${config.filter.rank} most likely (it is right on ${percentText(judge.accuracy)} of ${judge.texts} given rows
        that it had not seen), or if it shares more than ${percentText(config.filter.overlap)} of its n-grams of
        ${config.filter.ngram} words with a given row or another kept text. Texts that passed after a label had its rows are
        spare.
      </p>
      ${shortOnes(labels)}
    </section>`,
    html`<section>
      <h2>Rows</h2>
      ${[...examples].map(([label, own]) => exampleTable(label, own))}
    </section>`,
    html`<details>
      <summary>Resolved config</summary>
      <pre>${cut(JSON.stringify(config, null, 2), CONFIG)}</pre>
    </details>`,
  ];
  return reportPage('Augmented rows', lede, sections, 'diffusteer augment');
}

const REASONS = ['reads as another label', 'copies a given row', 'copies another text'] as const;

function labelTable(labels: readonly LabelSummary[]): Html {
  const header = ['label', 'given', 'kept', 'texts made', ...REASONS, 'other reasons', 'spare'];
  const rows = labels.map(({ label, given, kept, made, refused, spare }) => {
    const others = (refused['no words'] ?? 0) + (refused['too long'] ?? 0);
    const figures = [given, kept, made, ...REASONS.map((reason) => refused[reason] ?? 0), others, spare];
    return html`<tr>
      <th scope="row">${label}</th>
      ${figures.map((figure) => html`<td>${figure}</td>`)}
    </tr>`;
  });
  return reportTable('What became of the texts of each label', header, rows);
}

function shortOnes(labels: readonly LabelSummary[]): Html | undefined {
  const short = labels.filter(({ why }) => why !== undefined);
  if (short.length === 0) return undefined;
  const entries = short.map(
    ({ label, why }) =>
      html`<dt>${label}</dt>
        <dd>${why}</dd>`,
  );
  return html`<div class="gaps" role="note">
    <h2>Fewer rows than asked for</h2>
    <dl>${entries}</dl>
  </div>`;
}

function exampleTable(label: string, rows: readonly Provenance[]): Html {
  const lines = rows.map(
    ({ row, text, judge, nearest }) =>
      html`<tr>
        <th scope="row">${row}</th>
        <td>${text}</td>
        <td>${percentText(judge.probability)}</td>
        <td>${percentText(nearest.given?.overlap ?? 0)}</td>
      </tr>`,
  );
  return html`<h3>${label}</h3>
    ${reportTable(`Rows of ${label}`, ['row', 'text', 'judge', 'overlap with the nearest given row'], lines)}`;
}
