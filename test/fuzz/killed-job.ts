import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { evaluateRun } from '../../lib/evaluate/evaluate.js';
import { generate } from '../../lib/generate/generate.js';
import { train } from '../train/killed-run.js';

/** Short jobs that a kill interrupts, each with the files that it must leave as if it had never been killed. */
export const JOBS: Readonly<Record<string, readonly string[]>> = {
  generate: ['samples.jsonl', 'traces.jsonl'],
  workers: ['samples.jsonl', 'traces.jsonl'],
  evaluate: ['scores.jsonl', 'scores.json', 'metrics.json'],
  sweep: ['steps=2', 'steps=4', 'steps=6'].flatMap((run) => ['samples.jsonl', 'scores.jsonl'].map((file) => `${run}/${file}`)),
  train: ['checkpoint/snapshot.safetensors', 'model/model.safetensors', 'log.jsonl'],
};

/** Runs a job in its folder, or resumes it. @param model folder of a small model */
export async function runJob(job: string, folder: string, model: string): Promise<void> {
  if (job === 'train') return train(folder);
  if (job === 'evaluate') return void (await evaluateRun(folder, builtInGuides));
  if (job === 'sweep') return sweep(folder, model);
  const base = { model, device: 'onnx-cpu', sampler: { steps: 6 }, batchSize: 2, samplesPerTarget: 16 };
  const team = job === 'workers' ? { workers: 2, threads: 1 } : {};
  const config = checkConfig('generate', { ...base, ...team, guidance: [{ guide: 'length', length: 5 }], output: folder });
  await generate(config, builtInGuides, 'kills', { trace: 8 });
}

/** Runs the command `sweep`, which generates and evaluates three runs. It ends the process. */
async function sweep(folder: string, model: string): Promise<void> {
  const guidance = [{ guide: 'length', length: 5 }];
  const base = { model, device: 'onnx-cpu', threads: 1, batchSize: 2, samplesPerTarget: 8, guidance };
  const config = join(folder, '../sweep.json');
  await writeFile(config, JSON.stringify({ base, grid: { 'sampler.steps': [2, 4, 6] }, output: folder }));
  process.argv = [process.execPath, 'diffusteer', 'sweep', config, '--parser', 'embedded', '--lm'];
  await import('../../scripts/cli.js');
}

if (import.meta.filename === process.argv[1]) {
  const [, , job, folder, model] = process.argv as [string, string, string, string, string];
  process.send?.('started');
  await runJob(job, folder, model);
  process.disconnect();
}
