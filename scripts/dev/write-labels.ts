import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inputError, messageOf } from '../../lib/base/errors.js';
import { readCorpus } from '../../lib/text/corpus.js';

/** Labels for the customer ratings in e2e/*.csv. */
const LABELS: Readonly<Record<string, string>> = {
  low: 'low',
  '1 out of 5': 'low',
  average: 'average',
  '3 out of 5': 'average',
  high: 'high',
  '5 out of 5': 'high',
};

/** Writes the rows that have a rating to train.csv and valid.csv with the columns text and label, like a user's own labelled file. */
async function main(): Promise<void> {
  const { data, to = 'runs/rating' } = parseArgs({ options: { data: { type: 'string' }, to: { type: 'string' } } }).values;
  if (data === undefined) throw inputError('arguments', 'expected: npm run labels -- --data DIR, where DIR contains e2e/');
  await mkdir(to, { recursive: true });
  for (const file of ['train.csv', 'valid.csv']) {
    const { rows } = await readCorpus(join(data, 'e2e', file), { column: 'ref', fields: { mr: 'mr' } });
    const labelled = rows.flatMap(({ text, fields }) => {
      const label = LABELS[/customer rating\[([^\]]*)\]/.exec(fields!['mr']!)?.[1] ?? ''];
      return label === undefined ? [] : [[text, label]];
    });
    await writeFile(join(to, file), [['text', 'label'], ...labelled].map((row) => `${row.map(quoted).join(',')}\n`).join(''));
    console.log(`${join(to, file)}: ${labelled.length} of ${rows.length} rows`);
  }
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
