import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeFolder, writeAside } from '../../lib/base/files.js';
import { keyOf, split, uniform } from '../../lib/base/random.js';
import { killQueue } from '../queue/queue-kills.js';
import { hasRedis } from '../queue/redis-server.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { JOBS } from './killed-job.js';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    state: { type: 'string', default: 'runs/kills' },
  },
});
const QUEUE = 'queue';
const jobs = values.only === undefined ? [QUEUE, ...Object.keys(JOBS)] : values.only.split(',');
/** Kills of each job. */
const times = Math.ceil(Number(values.times) / jobs.length);
const script = join(import.meta.dirname, 'killed-job.js');

/** What was done to a job. The moments of a round follow from the seed and its number. */
interface Done {
  rounds: number;
  kills: number;
}

/**
 * Runs a job in a process, and kills that some time after its modules are loaded.
 *
 * @returns whether it was killed before it ended, and how long it took
 */
async function run(job: string, folder: string, model: string, killAfter = Infinity): Promise<{ killed: boolean; ms: number }> {
  const child = fork(script, [job, folder, model], { stdio: 'ignore' });
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  await Promise.race([once(child, 'message'), exit]);
  const begun = performance.now();
  if (killAfter < Infinity) {
    await Promise.race([sleep(killAfter), exit]);
    child.kill('SIGKILL');
  }
  const [code, signal] = await exit;
  if (code !== null && code !== 0) throw new Error(`${job} failed with exit code ${code} in ${folder}`);
  return { killed: signal === 'SIGKILL', ms: performance.now() - begun };
}

/** @throws Error if a file differs from that of the run that was never killed, or a lock is left */
async function compare(job: string, whole: string, folder: string): Promise<void> {
  for (const file of JOBS[job]!) {
    const [expected, found] = await Promise.all([whole, folder].map((from) => readFile(join(from, file))));
    if (!expected!.equals(found!)) throw new Error(`${job}: ${file} differs after kills; seed ${values.seed}`);
  }
  const left = (await readdir(folder)).filter((name) => name.endsWith('.lock'));
  if (left.length > 0) throw new Error(`${job}: locks are left: ${left.join(', ')}`);
}

const QUEUE_KILLS = 10;

/** Kills the workers of a queue. @returns how many. @throws Error if the texts differ from those of a plain run */
function killWorkers(round: number): Promise<number> {
  return withFolder(async (folder) => {
    const seed = Number(values.seed) + round;
    const { killed, isSame } = await killQueue(folder, { shards: 20 * QUEUE_KILLS, kills: QUEUE_KILLS, seed });
    if (!isSame) throw new Error(`queue: samples.jsonl differs after kills; seed ${seed}`);
    return killed;
  });
}

/** Opens a job. @returns the function that kills it at some moments, lets it end and compares its files; it returns the number of kills */
async function openJob(job: string, root: string): Promise<(round: number) => Promise<number>> {
  const model = join(root, 'model');
  const texts = join(root, 'generate');
  const prepare = async (folder: string): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    if (job.startsWith('evaluate')) await cp(texts, folder, { recursive: true });
    else await mkdir(folder);
  };
  const whole = join(root, `whole-${job}`);
  await prepare(whole);
  let { ms: longest } = await run(job, whole, model);
  return async (round) => {
    const folder = join(root, 'killed');
    await prepare(folder);
    let kills = 0;
    for (const moment of uniform(split(keyOf(Number(values.seed)), job, round), 4)) {
      const { killed } = await run(job, folder, model, longest * moment);
      if (killed) kills++;
      longest *= killed ? 1.1 : 0.8; // a resumed job has less to do, and other programs may run
    }
    await run(job, folder, model);
    await compare(job, whole, folder);
    return kills;
  };
}

const path = join(values.state, `seed-${values.seed}.json`);
const done = JSON.parse(await readFile(path, 'utf8').catch(() => '{}')) as Record<string, Done>;
await makeFolder(values.state);
await withFolder(async (root) => {
  await writeTinyModel(join(root, 'model'));
  await mkdir(join(root, 'generate'));
  await run('generate', join(root, 'generate'), join(root, 'model'));
  for (const job of jobs) {
    if (job === QUEUE && !hasRedis()) {
      console.log('queue: not tried, since there is no redis-server here');
      continue;
    }
    const own = (done[job] ??= { rounds: 0, kills: 0 });
    const kill = own.kills >= times ? undefined : job === QUEUE ? killWorkers : await openJob(job, root);
    while (kill && own.kills < times) {
      own.kills += await kill(own.rounds);
      own.rounds++;
      await writeAside(path, `${JSON.stringify(done, null, 1)}\n`);
    }
    console.log(`${job}: killed ${own.kills} times in ${own.rounds} runs; every run ended with the same bytes`);
  }
});
console.log(`in all: ${Object.values(done).reduce((sum, { kills }) => sum + kills, 0)} kills`);
