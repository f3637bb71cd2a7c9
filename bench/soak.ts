import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig } from '../lib/config/index.js';
import { generate, type GenerateHooks } from '../lib/generate/index.js';
import { queueCrew, redisServer } from '../lib/queue/index.js';
import { RedisProcess } from '../test/queue/redis-server.js';
import { WorkerProcess } from '../test/queue/worker-process.js';
import { withFolder, writeTinyModel } from '../test/tiny-model.js';

// Many texts through a queue against plain workers, in turns: `node dist/bench/soak.js [--texts 5000] [--batch 32] [--steps 400] [--workers 2]
// [--rounds 3] [--model FOLDER]`. Needs redis-server, which it starts on a free port of the loopback. Without a model it uses a tiny one, whose
// shards take a fraction of a second, so that the overhead of the queue counts for more than with a real one. Times run from the first shard
// that is written to the last: neither the start of processes nor compiling counts.

const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '5000' },
    batch: { type: 'string', default: '32' },
    steps: { type: 'string', default: '400' },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string' },
  },
});
const workers = Number(values.workers);

/** Makes the texts. @returns milliseconds per text after the first shard */
async function timed(model: string, output: string, hooks: GenerateHooks): Promise<number> {
  const config = checkConfig('generate', {
    ...{ model, output, device: 'onnx-cpu', threads: 1, workers, guidance: [{ guide: 'length', length: 5 }] },
    ...{ samplesPerTarget: Number(values.texts), batchSize: Number(values.batch), sampler: { steps: Number(values.steps) } },
  });
  let [first, last, later] = [0, 0, 0];
  await generate(config, builtInGuides, 'soak', {
    ...hooks,
    onSamples(lines) {
      last = performance.now();
      if (first === 0) first = last;
      else later += lines.length;
    },
  });
  return (last - first) / later;
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

await withFolder(async (folder) => {
  const model = values.model ?? join(folder, 'model');
  if (values.model === undefined) await writeTinyModel(model);
  await mkdir(join(folder, 'redis'));
  const redis = await RedisProcess.start(join(folder, 'redis'));
  const ratios: number[] = [];
  try {
    for (let round = 1; round <= Number(values.rounds); round++) {
      const [own, queued] = ['own', 'queued'].map((name) => join(folder, `${name}-${round}`)) as [string, string];
      const plain = await timed(model, own, {});
      const crew = queueCrew({ server: redisServer(redis.url, undefined), priority: 1, onNotice: () => undefined });
      const processes = Array.from({ length: workers }, () => new WorkerProcess(redis.url));
      const queue = await timed(model, queued, { crew });
      await Promise.all(processes.map((worker) => worker.end('SIGKILL')));
      const [a, b] = await Promise.all([own, queued].map((run) => readFile(join(run, 'samples.jsonl'))));
      ratios.push(queue / plain);
      const same = a!.equals(b!) ? 'the same bytes' : 'OTHER BYTES';
      console.log(`${values.texts} texts: workers ${plain.toFixed(2)} ms, queue ${queue.toFixed(2)} ms per text, ratio ${ratios.at(-1)!.toFixed(3)}; ${same}`); // prettier-ignore
    }
  } finally {
    await redis.stop();
  }
  console.log(`median ratio ${median(ratios).toFixed(3)}`);
});
