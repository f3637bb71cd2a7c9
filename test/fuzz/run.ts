import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFolder, writeAside } from '../../lib/base/files.js';
import { withFolder } from '../tiny-model.js';
import { fuzz } from './check.js';
import { fuzzedReaders } from './readers.js';

/** Cases between two notes of what is done: a kill loses at most these. */
const ROUND = 1000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    reader: { type: 'string' },
    seed: { type: 'string' },
    state: { type: 'string', default: 'runs/fuzz' },
  },
});

/** Cases done, by reader. The seed of a round is the number of cases before it, so that every case can be repeated. */
type Done = Record<string, number>;

const path = join(values.state, 'done.json');
const done = JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as Done;
await makeFolder(values.state);
await withFolder(async (folder) => {
  const all = await fuzzedReaders(folder);
  const readers = all.filter(({ name }) => values.reader === undefined || name === values.reader);
  const each = Math.ceil(Number(values.cases) / all.length);
  for (const reader of readers) {
    if (values.seed !== undefined) await fuzz(reader, ROUND, Number(values.seed));
    else
      for (let from = done[reader.name] ?? 0; from < each; from += ROUND) {
        await fuzz(reader, Math.min(ROUND, each - from), from).catch((error: unknown) => {
          console.error(`${reader.name}, seed ${from}: repeat with --reader "${reader.name}" --seed ${from}`);
          throw error;
        });
        done[reader.name] = Math.min(each, from + ROUND);
        await writeAside(path, `${JSON.stringify(done, null, 2)}\n`);
      }
    console.log(`${reader.name}: ${values.seed === undefined ? `${each} cases` : `seed ${values.seed}`}, no crash`);
  }
});
