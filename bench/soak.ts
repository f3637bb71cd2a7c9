import { readFileSync } from 'node:fs';
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

// Many texts through a queue against plain workers, in turns: `node dist/bench/soak.js [--texts 5000] [--batch 32] [--steps 200] [--workers 2]
// [--rounds 3] [--model FOLDER]`. Needs redis-server, which it starts on a free port of the loopback. Without a model it uses a tiny one, whose
// shards take a fraction of a second, so that the overhead of the queue counts for more than with a real one. Times run from the first shard
// that is written to the last: neither the start of processes nor compiling counts. Processor time is that of this process, of all workers
// and of Redis (Linux); other programs on the machine change it little, unlike the time that passes.

const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '5000' },
    batch: { type: 'string', default: '32' },
    steps: { type: 'string', default: '200' },
    workers: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string' },
  },
});
const workers = Number(values.workers);

/** Milliseconds of a clock tick of the kernel, as in /proc/PID/stat. */
const TICK_MS = 10;

/** Returns the processor time of this process and its children, milliseconds. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const ofChildren = children.map((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return TICK_MS * (Number(fields[11]) + Number(fields[12]));
    } catch {
      return 0; // it has ended
    }
  });
  return ofChildren.reduce((sum, ms) => sum + ms, (user + system) / 1000);
}

interface PerText {
  /** Milliseconds that passed. */
  readonly passed: number;
  /** Processor milliseconds. */
  readonly processor: number;
}

/** Makes the texts. @returns times per text after the first shard */
async function timed(model: string, output: string, hooks: GenerateHooks): Promise<PerText> {
  const config = checkConfig('generate', {
    ...{ model, output, device: 'onnx-cpu', threads: 1, workers, guidance: [{ guide: 'length', length: 5 }] },
    ...{ samplesPerTarget: Number(values.texts), batchSize: Number(values.batch), sampler: { steps: Number(values.steps) } },
  });
  const now = () => ({ passed: performance.now(), processor: processorMs() });
  let first: PerText | undefined;
  let last = now();
  let later = 0;
  await generate(config, builtInGuides, 'soak', {
    ...hooks,
    onSamples(lines) {
      last = now();
      if (first) later += lines.length;
      else first = last;
    },
  });
  return { passed: (last.passed - first!.passed) / later, processor: (last.processor - first!.processor) / later };
}

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

await withFolder(async (folder) => {
  const model = values.model ?? join(folder, 'model');
  if (values.model === undefined) await writeTinyModel(model);
  await mkdir(join(folder, 'redis'));
  const redis = await RedisProcess.start(join(folder, 'redis'));
  const ratios: PerText[] = [];
  try {
    for (let round = 1; round <= Number(values.rounds); round++) {
      const [own, queued] = ['own', 'queued'].map((name) => join(folder, `${name}-${round}`)) as [string, string];
      const plain = await timed(model, own, {});
      const crew = queueCrew({ server: redisServer(redis.url, undefined), priority: 1, onNotice: () => undefined });
      const processes = Array.from({ length: workers }, () => new WorkerProcess(redis.url, ['--stalled-after', '30']));
      const queue = await timed(model, queued, { crew });
      await Promise.all(processes.map((worker) => worker.end('SIGKILL')));
      const [a, b] = await Promise.all([own, queued].map((run) => readFile(join(run, 'samples.jsonl'))));
      const ratio = { passed: queue.passed / plain.passed, processor: queue.processor / plain.processor };
      ratios.push(ratio);
      const pair = (of: keyof PerText) =>
        `workers ${plain[of].toFixed(2)}, queue ${queue[of].toFixed(2)}, ratio ${ratio[of].toFixed(3)}`;
      const same = a!.equals(b!) ? 'the same bytes' : 'OTHER BYTES';
      console.log(`${values.texts} texts, ms per text: ${pair('passed')}; processor: ${pair('processor')}; ${same}`);
    }
  } finally {
    await redis.stop();
  }
  const medianOf = (of: keyof PerText) => median(ratios.map((ratio) => ratio[of])).toFixed(3);
  console.log(`median ratios: ${medianOf('passed')} of the time that passed, ${medianOf('processor')} of processor time`);
});
