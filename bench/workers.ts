import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig } from '../lib/config/index.js';
import { generate } from '../lib/generate/index.js';

// Two workers of one thread against one worker of two threads, in turns: `node dist/bench/workers.js [--texts 192] [--batch 16] [--steps 50]
// [--rounds 3] [--model models/e2e]`. Prints texts per second of whole runs, which include starting the processes, and of what follows the
// first batch; and the most memory that a worker had. Both cores must be idle.

const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '192' },
    batch: { type: 'string', default: '16' },
    steps: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    model: { type: 'string', default: 'models/e2e' },
  },
});

const KINDS = { unguided: [], posterior: [{ guide: 'length', length: 15 }] };
const TEAMS = [
  { workers: 2, threads: 1 },
  { workers: 1, threads: 2 },
];

/** The most memory of the running children of this process, MB (Linux). */
async function childMegabytes(): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').catch(() => '');
  const sizes = children.split(' ').map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
  });
  return Math.max(0, ...(await Promise.all(sizes)));
}

/** Returns texts per second of the whole run and after the first batch, and the memory of the largest worker. */
async function timed(guidance: readonly unknown[], team: (typeof TEAMS)[number], output: string) {
  const config = checkConfig('generate', {
    ...{ model: values.model, device: 'onnx-cpu', guidance, output, ...team },
    ...{ samplesPerTarget: Number(values.texts), batchSize: Number(values.batch), sampler: { steps: Number(values.steps) } },
  });
  const begun = performance.now();
  let [first, texts, later, megabytes] = [0, 0, 0, 0];
  let memory = Promise.resolve();
  await generate(config, builtInGuides, 'bench', {
    onSamples(lines) {
      texts += lines.length;
      if (first === 0) first = performance.now();
      else later += lines.length;
      memory = memory.then(async () => void (megabytes = Math.max(megabytes, await childMegabytes())));
    },
  });
  await memory;
  const end = performance.now();
  return { whole: (1000 * texts) / (end - begun), after: (1000 * later) / (end - first), megabytes };
}

const folder = await mkdtemp(join(tmpdir(), 'diffusteer-bench-'));
try {
  for (let round = 1; round <= Number(values.rounds); round++)
    for (const [kind, guidance] of Object.entries(KINDS)) {
      const [two, one] = [
        await timed(guidance, TEAMS[0]!, join(folder, `${round}-${kind}-two`)),
        await timed(guidance, TEAMS[1]!, join(folder, `${round}-${kind}-one`)),
      ];
      const pair = (name: 'whole' | 'after') =>
        `${two[name].toFixed(2)} and ${one[name].toFixed(2)} texts/s, ratio ${(two[name] / one[name]).toFixed(2)}`;
      console.log(`${kind}: whole run ${pair('whole')}; after the first batch ${pair('after')}; ${two.megabytes.toFixed(0)} MB`);
    }
} finally {
  await rm(folder, { recursive: true });
}
