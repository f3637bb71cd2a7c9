import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtInGuides } from '../../guidance/index.js';
import { keyOf, split, uniform } from '../../lib/base/random.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/index.js';
import { queueCrew, redisServer } from '../../lib/queue/index.js';
import { writeTinyModel } from '../tiny-model.js';
import { RedisProcess } from './redis-server.js';
import { WorkerProcess } from './worker-process.js';

export interface QueueKills {
  readonly shards: number;
  /** Workers that are killed and replaced, at random moments. */
  readonly kills: number;
  readonly seed: number;
}

/** What happened. */
export interface KilledQueue {
  readonly killed: number;
  /** Shards that were written when Redis was killed. */
  readonly restartedAt: number;
  readonly isSame: boolean;
}

const TEXTS = 2;

/** Works a run by three workers over a queue, kills workers at random and Redis once, and compares the texts with those of a plain run. */
export async function killQueue(folder: string, { shards, kills, seed }: QueueKills): Promise<KilledQueue> {
  const model = join(folder, 'model');
  await writeTinyModel(model);
  const configOf = (output: string) =>
    checkConfig('generate', {
      ...{ model, output: join(folder, output), device: 'onnx-cpu', threads: 1, sampler: { steps: 200 } },
      ...{ batchSize: TEXTS, samplesPerTarget: TEXTS * shards, guidance: [{ guide: 'length', length: 5 }] },
    });
  await generate(configOf('plain'), builtInGuides, 'plain');
  await mkdir(join(folder, 'redis'));
  const redis = await RedisProcess.start(join(folder, 'redis'));
  const workers = Array.from({ length: 3 }, () => new WorkerProcess(redis.url));
  let written = 0;
  let killed = 0;
  let restartedAt = 0;
  let isDone = false;
  const moments = uniform(split(keyOf(seed), 'moments'), kills);
  const victims = uniform(split(keyOf(seed), 'victims'), kills);
  const killAll = async (): Promise<void> => {
    while (written === 0 && !isDone) await sleep(5);
    for (let i = 0; i < kills && !isDone; i++) {
      if (i === Math.floor(kills / 2)) {
        restartedAt = written;
        await redis.restart();
      }
      await sleep(50 + 450 * moments[i]!);
      const victim = Math.floor(3 * victims[i]!);
      await workers[victim]!.end('SIGKILL');
      workers[victim] = new WorkerProcess(redis.url);
      killed++;
    }
  };
  try {
    const crew = queueCrew({ server: redisServer(redis.url, undefined), priority: 1, onNotice: () => undefined });
    const onSamples = (lines: readonly unknown[]) => void (written += lines.length / TEXTS);
    const killing = killAll();
    await generate(configOf('queue'), builtInGuides, 'queue', { crew, onSamples }).finally(() => (isDone = true));
    await killing;
    const [plain, queue] = await Promise.all(['plain', 'queue'].map((name) => readFile(join(folder, name, 'samples.jsonl'))));
    return { killed, restartedAt, isSame: plain!.equals(queue!) };
  } finally {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await redis.stop();
  }
}
