import { readFile, writeFile } from 'node:fs/promises';
import { inputError, messageOf } from '../../lib/base/errors.js';
import { openKey, readKey, tally } from './reading.js';

/** Joins the marks of a blind reading to its key, writes the record and prints the good texts of each source. */
async function main(): Promise<void> {
  const [prefix] = process.argv.slice(2);
  if (prefix === undefined) throw inputError('arguments', 'expected: open-key PREFIX, as given to mix-texts');
  const path = `${prefix}.marks.tsv`;
  const marked = openKey(await readKey(`${prefix}.key.json`), await readFile(path, 'utf8'), path);
  await writeFile(`${prefix}.jsonl`, marked.map((text) => `${JSON.stringify(text)}\n`).join(''));
  for (const { source, good, all } of tally(marked)) console.log(`${source}: ${good} of ${all} good`);
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
