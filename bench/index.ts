import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openDevice } from '../lib/engine/index.js';
import { deviceJobs } from './jobs.js';
import { compare, contender, type Contender } from './measure.js';
import { startTorch } from './peers/torch.js';
import { machine, report } from './report.js';
import { samplingReport, timeSampling } from './sampling.js';
import { batch, classifierSize, denoiserSize, embeddingWidth, length, vocabulary } from './sizes.js';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '15' },
    python: { type: 'string', default: 'python3' },
    output: { type: 'string', default: 'docs/benchmarks.md' },
    model: { type: 'string', default: 'models/e2e' },
  },
});
const [threads, rounds] = [Number(values.threads), Number(values.rounds)];
const slowRounds = Math.min(rounds, 3); // of an engine that takes seconds

const sizeOf = ({ layers, width, inner, heads }: typeof denoiserSize) =>
  `${layers} layers x ${width}, inner ${inner}, ${heads} heads`;
const notes = [
  machine(),
  `denoiser: ${sizeOf(denoiserSize)}; classifier: ${sizeOf(classifierSize)}; batch ${batch}, length ${length}, embedding width ${embeddingWidth}, vocabulary ${vocabulary} in the training step (AdamW)`,
  `medians of ${rounds} rounds in which the engines take turns (tfjs-wasm: ${slowRounds}), after a warm-up; the same weights and inputs everywhere`,
  'times: how many times as long as onnx-cpu; difference: the largest from the numbers of onnx-cpu at the first run, relative to the largest of them',
];

const onnx = await openDevice('onnx-cpu', { threads });
const wasm = await openDevice('tfjs-wasm');
const contenders: Contender[] = [
  contender(`onnx-cpu, ${threads} threads`, await deviceJobs(onnx), rounds),
  contender(`tfjs-wasm, ${wasm.threads} thread`, await deviceJobs(wasm), slowRounds),
];
const torch = await startTorch(values.python, threads);
if (typeof torch === 'string') notes.push(`not compared with PyTorch: ${torch}`);
else contenders.splice(1, 0, { ...torch, rounds });

const rows = await compare(contenders, (job, round) => process.stderr.write(`\r${job}: round ${round + 1}   `));
process.stderr.write('\n');
if (typeof torch !== 'string') torch.close();
const sampling = samplingReport(await timeSampling(onnx, values.model, Math.min(rounds, 5)));
await Promise.all([onnx.dispose(), wasm.dispose()]);

const titles = contenders.map(({ title }) => title);
const text = `${report(titles, rows, notes)}\n## Sampling\n\n${sampling}`;
writeFileSync(values.output, `# Benchmarks\n\nWritten by \`npm run bench\`.\n\n${text}`);
console.log(text);
