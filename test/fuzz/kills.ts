import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { keyOf, split, uniform } from '../../lib/base/random.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { killQueue } from '../queue/queue-kills.js';
import { hasRedis } from '../queue/redis-server.js';
import { JOBS, runJob } from './killed-job.js';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const times = Number(values.times);
const script = join(import.meta.dirname, `killed-job.${import.meta.filename.endsWith('.ts') ? 'ts' : 'js'}`);

/** Starts a job in a process of its own and kills it after a while. @returns whether it was killed before it ended */
async function killed(job: string, folder: string, model: string, ms: number): Promise<boolean> {
  const child = fork(script, [job, folder, model], { execArgv: process.execArgv, stdio: 'ignore' });
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  await Promise.race([once(child, 'message'), exit]);
  await Promise.race([sleep(ms), exit]);
  child.kill('SIGKILL');
  const [code, signal] = await exit;
  if (code !== null && code !== 0) throw new Error(`${job} failed with exit code ${code} after a kill in ${folder}`);
  return signal === 'SIGKILL';
}

/** @throws Error if a file differs from that of the run that was never killed, or a lock is left */
async function compare(job: string, whole: string, folder: string): Promise<void> {
  for (const file of JOBS[job]!) {
    const [expected, found] = await Promise.all([whole, folder].map((from) => readFile(join(from, file))));
    const isSame = file === 'run.json' ? true : expected!.equals(found!); // run.json holds the path of its folder
    if (!isSame) throw new Error(`${job}: ${file} differs after kills; seed ${values.seed}`);
  }
  const left = (await readdir(folder)).filter((name) => name.endsWith('.lock'));
  if (left.length > 0) throw new Error(`${job}: locks are left: ${left.join(', ')}`);
}

/** Kills the workers of a queue. @throws Error if the texts differ from those of a plain run */
async function killWorkers(): Promise<void> {
  if (!hasRedis()) return console.log('queue: not tried, since there is no redis-server here');
  await withFolder(async (folder) => {
    const kills = Math.min(times, 10);
    const { killed, restartedAt, isSame } = await killQueue(folder, { shards: 20 * kills, kills, seed: Number(values.seed) });
    if (!isSame) throw new Error(`queue: samples.jsonl differs after kills; seed ${values.seed}`);
    console.log(
      `queue: ${20 * kills} shards by 3 workers, of which ${killed} were killed; Redis was killed after shard ${restartedAt}; the same bytes`,
    );
  });
}

await killWorkers();
if (values.only === 'queue') process.exit();
await withFolder(async (root) => {
  const model = join(root, 'model');
  await writeTinyModel(model);
  const texts = join(root, 'texts');
  await runJob('generate', texts, model);
  for (const job of Object.keys(JOBS)) {
    const prepare = async (folder: string): Promise<void> => {
      await rm(folder, { recursive: true, force: true });
      if (job === 'evaluate') await cp(texts, folder, { recursive: true });
      else await mkdir(folder);
    };
    const whole = join(root, `whole-${job}`);
    await prepare(whole);
    const begun = performance.now();
    await runJob(job, whole, model);
    const longest = 500 + 2 * (performance.now() - begun); // a new process also loads its modules
    let kills = 0;
    let runs = 0;
    for (let round = 0; kills < times; round++) {
      const folder = join(root, 'killed');
      await prepare(folder);
      const moments = uniform(split(keyOf(Number(values.seed)), job, round), 4);
      for (const moment of moments) if (await killed(job, folder, model, longest * moment)) kills++;
      await runJob(job, folder, model);
      await compare(job, whole, folder);
      runs++;
    }
    console.log(`${job}: killed ${kills} times in ${runs} runs; every run ended with the same bytes`);
  }
});
