import { parseArgs } from 'node:util';
import { openDevice } from '../lib/engine/index.js';
import { writePart } from './document.js';
import { deviceJobs, jobNames, type JobName } from './jobs.js';
import { timeGuides } from './guides.js';
import { compare, contender, type Contender } from './measure.js';
import { startTorch } from './peers/torch.js';
import { machine, report } from './report.js';
import { samplingReport, timeSampling } from './sampling.js';
import { batch, classifierSize, denoiserSize, embeddingWidth, length, vocabulary } from './sizes.js';
import { startUpReport } from './start-up.js';
import { versionsReport } from './versions.js';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '15' },
    python: { type: 'string', default: 'python3' },
    output: { type: 'string', default: 'docs/benchmarks.md' },
    wasm: { type: 'string', default: '3' },
    'no-engines': { type: 'boolean', default: false },
    'no-sampling': { type: 'boolean', default: false },
    'no-guides': { type: 'boolean', default: false },
    'no-start-up': { type: 'boolean', default: false },
    'no-versions': { type: 'boolean', default: false },
    model: { type: 'string', default: 'models/e2e' },
  },
});
const [threads, rounds, slowRounds] = [Number(values.threads), Number(values.rounds), Number(values.wasm)];
const jobs = values['no-engines'] ? [] : jobNames;
const wasmRounds = (job: JobName) => (job === 'training step' ? 0 : slowRounds); // that takes the better part of a minute

const sizeOf = ({ layers, width, inner, heads }: typeof denoiserSize) =>
  `${layers} layers x ${width}, inner ${inner}, ${heads} heads`;
const notes = [
  `denoiser: ${sizeOf(denoiserSize)}; classifier: ${sizeOf(classifierSize)}; batch ${batch}, length ${length}, embedding width ${embeddingWidth}, vocabulary ${vocabulary} in the training step (AdamW)`,
  'int8: the same with precision int8, in which products with the weights of large layers are of 8 bits, those for the gradient of the weights apart',
  `medians of ${rounds} rounds in which onnx-cpu, int8 and PyTorch take turns, each after a pause of 150 ms and a run that is not timed; the same weights and inputs everywhere`,
  `tfjs-wasm by itself afterwards: medians of ${slowRounds} rounds after a warm-up, and one run of the training step without`,
  'times: how many times as long as onnx-cpu, and as int8; difference: the largest from the numbers of onnx-cpu at the first run, relative to the largest of them',
];

if (!values['no-start-up']) write('start-up', `${heading()}\n\n${startUpReport(values.model)}`);
const onnx = await openDevice('onnx-cpu', { threads });
const rounded = await openDevice('onnx-cpu', { threads, precision: 'int8' }); // as texts are made by default
if (jobs.length > 0) write('engines', await engines());
if (!values['no-sampling']) {
  const rounds = 3; // of some twenty seconds each
  write('sampling', `${heading()}\n\n${samplingReport(await timeSampling(rounded, values.model, rounds), rounds)}`);
}
if (!values['no-guides']) write('guides', `${heading()}\n\n${await timeGuides(rounded, 3)}`);
await onnx.dispose();
await rounded.dispose();
if (!values['no-versions']) {
  const onRun = (what: string) => void process.stderr.write(`${what}\n`);
  write('versions', `${heading()}\n\n${await versionsReport(3, onRun)}`);
}

/** onnx-cpu against its peers on the bare networks. */
async function engines(): Promise<string> {
  const wasm = await openDevice('tfjs-wasm');
  const contenders: Contender[] = [
    contender(`onnx-cpu, ${threads} threads`, await deviceJobs(onnx), () => rounds),
    contender('int8', await deviceJobs(rounded), () => rounds),
    contender(`tfjs-wasm, ${wasm.threads} thread`, await deviceJobs(wasm), wasmRounds),
  ];
  const torch = await startTorch(values.python, threads);
  if (typeof torch === 'string') notes.push(`not compared with PyTorch: ${torch}`);
  else contenders.splice(2, 0, { ...torch, rounds: () => rounds });
  const onRound = (job: JobName, round: number) => process.stderr.write(`\r${job}: round ${round}   `);
  const rows = await compare(contenders, { jobs, onRound });
  process.stderr.write('\n');
  if (typeof torch !== 'string') torch.close();
  await wasm.dispose();
  const titles = contenders.map(({ title }) => title);
  return `${heading()}\n\n${report(titles, rows, notes)}`;
}

/** The command that made a part, and when. */
function heading(): string {
  const options = process.argv.slice(2).join(' ');
  return `\`npm run bench${options && ` -- ${options}`}\`, ${new Date().toISOString().slice(0, 10)}, ${machine()}`;
}

function write(part: string, text: string): void {
  writePart(values.output, part, text);
  console.log(text);
}
