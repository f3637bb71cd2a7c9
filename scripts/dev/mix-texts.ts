import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { inputError, messageOf } from '../../lib/base/errors.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { mix, sheet } from './reading.js';

const USAGE = `expected: mix-texts NAME=FILE[:FIELD[:COUNT]]... --to PREFIX [--people NAME]... [--seed 1]
writes PREFIX.sheet.tsv to read and PREFIX.key.json to open afterwards`;

/** Mixes texts of several files for a blind reading. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { to: { type: 'string' }, people: { type: 'string', multiple: true }, seed: { type: 'string', default: '1' } },
  });
  if (values.to === undefined || positionals.length === 0) throw inputError('arguments', USAGE);
  const sources = Object.fromEntries(await Promise.all(positionals.map(readSource)));
  const key = mix(sources, values.people ?? [], Number(values.seed));
  await mkdir(dirname(values.to), { recursive: true });
  await writeFile(`${values.to}.sheet.tsv`, sheet(key));
  await writeFile(`${values.to}.key.json`, JSON.stringify(key));
  console.log(`${key.entries.length} texts are in ${values.to}.sheet.tsv`);
  console.log(`Write ${values.to}.marks.tsv: the number of each bad text, a tab, and why. Then: open-key ${values.to}`);
}

async function readSource(argument: string): Promise<[string, string[]]> {
  const [, name, path, field = 'text', count] = /^([^=]+)=([^:]+)(?::([^:]*))?(?::(\d+))?$/.exec(argument) ?? [];
  if (name === undefined || path === undefined) throw inputError('arguments', USAGE);
  const { rows } = await readCorpus(path, { column: field || 'text', field: field || 'text' });
  return [name, rows.slice(0, count === undefined ? rows.length : Number(count)).map(({ text }) => text)];
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
