import { availableParallelism, cpus, homedir } from 'node:os';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAside } from '../lib/base/files.js';
import { packageVersion } from '../lib/base/locate.js';

const cacheFile = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'diffusteer', 'threads.json');

/**
 * Returns how many threads serve one batch best on this machine. Measures it once, which takes some seconds, prints what it found and keeps it
 * in the user's cache.
 */
export async function bestThreads(): Promise<number> {
  const machine = `${packageVersion()}, ${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
  const file = cacheFile();
  const known = await readFile(file, 'utf8').then((text) => JSON.parse(text) as Record<string, unknown>, () => undefined); // prettier-ignore
  if (known?.['machine'] === machine && Number.isInteger(known['best'])) return known['best'] as number;
  process.stderr.write('Measuring once how many threads serve a batch best on this machine\n');
  const { measureThreads } = await import('../lib/workers/measure-threads.js');
  const { best, speeds } = await measureThreads();
  const alone = speeds[0]!.batchesPerSecond;
  const found = speeds.map(({ threads, batchesPerSecond }) => `${threads}: ${(batchesPerSecond / alone).toFixed(2)}`).join(', ');
  process.stderr.write(
    `Speed of a batch by threads: ${found}. Workers take ${best} each; --set workers and threads choose otherwise\n`,
  );
  await mkdir(dirname(file), { recursive: true })
    .then(() => writeAside(file, `${JSON.stringify({ machine, best, speeds }, null, 2)}\n`))
    .catch(() => undefined); // a cache that cannot be written is no reason to stop
  return best;
}
