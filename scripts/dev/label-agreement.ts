import { parseArgs } from 'node:util';
import { downstreamClassifiers, type LabelledRowText } from '../../lib/augment/downstream/index.js';
import { inputError, messageOf } from '../../lib/base/errors.js';
import { sampleLines } from '../../lib/run/read-samples.js';
import { readCorpus } from '../../lib/text/corpus.js';

const USAGE =
  'expected: label-agreement SAMPLES --train FILE --valid FILE [--text text] [--label label]; the targets of SAMPLES have the field "label"';

/** Compares the share of texts whose label a TF-IDF classifier of real rows finds with its accuracy on other real rows, means over labels. */
async function main(): Promise<void> {
  const option = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { train: option, valid: option, text: { ...option, default: 'text' }, label: { ...option, default: 'label' } },
  });
  const [samples] = positionals;
  if (samples === undefined || values.train === undefined || values.valid === undefined) throw inputError('arguments', USAGE);
  const read = async (path: string): Promise<LabelledRowText[]> => {
    const { rows } = await readCorpus(path, { column: values.text, field: values.text, fields: { label: values.label } });
    return rows.map(({ text, fields }) => ({ text, label: fields!['label']! }));
  };
  const train = await read(values.train);
  const labels = new Set(train.map(({ label }) => label));
  const real = (await read(values.valid)).filter(({ label }) => labels.has(label));
  const texts: LabelledRowText[] = [];
  for await (const { text, target } of sampleLines(samples)) texts.push({ text, label: target['label'] as string });
  const [classifier] = downstreamClassifiers();
  const hits = await classifier!.hits(train, [...real, ...texts]);
  const onReal = meanOverLabels(real, hits);
  const onTexts = meanOverLabels(texts, hits.slice(real.length));
  const known = new Set(train.map(({ text }) => text));
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  console.log(`real rows: ${percent(onReal)}; texts: ${percent(onTexts)}, ${percent(onTexts / onReal)} of that`);
  console.log(`distinct: ${percent(new Set(texts.map(({ text }) => text)).size / texts.length)}`);
  console.log(`copies of training rows: ${percent(texts.filter(({ text }) => known.has(text)).length / texts.length)}`);
}

function meanOverLabels(rows: readonly LabelledRowText[], hits: readonly boolean[]): number {
  const byLabel = new Map<string, boolean[]>();
  rows.forEach(({ label }, i) => byLabel.set(label, [...(byLabel.get(label) ?? []), hits[i]!]));
  const shares = [...byLabel.values()].map((own) => own.filter(Boolean).length / own.length);
  return shares.reduce((a, b) => a + b, 0) / shares.length;
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
