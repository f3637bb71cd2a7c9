import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkConfig } from '../../lib/config/index.js';
import { saveCheckpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { wordTokenizer } from '../../lib/text/word-tokenizer.js';
import { diagnose, findingsOf, type ModelEvidence } from '../../lib/train/doctor/index.js';
import { freshWeights, tinyConfig, withFolder } from '../tiny-model.js';

const words = 'the heron waits by old pond and garden sleeps in green quiet wood today'.split(' ');

/** Rows of six words, all different. */
const rowsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: 6 }, (_, k) => words[(i + k * (1 + (i % 11))) % words.length]).join(' '),
  );

interface Case {
  readonly rows: readonly string[];
  readonly known?: readonly string[];
  /** Training loss and mean of the validation, at every hundredth step. */
  readonly log: readonly (readonly [loss: number, validation: number])[];
  readonly lowNoise?: number;
  readonly rest?: Record<string, unknown>;
}

/** Writes a run as `train` leaves it behind, with an untrained network. */
async function writeRun(folder: string, { rows, known = words, log, lowNoise = 0.05, rest = {} }: Case): Promise<string> {
  const run = join(folder, 'run');
  await mkdir(join(run, 'model'), { recursive: true });
  const config = checkConfig('train', {
    ...{ output: run, data: { file: 'rows.txt' }, tokenizer: { name: 'words', minCount: 4 }, model: { maxTokens: 10 } },
    ...rest,
  });
  await writeFile(join(run, 'train.json'), JSON.stringify(config));
  const lines = log.map(([loss, mean], i) => ({
    ...{ step: 100 * (i + 1), loss, validation: { 'time 0.2': lowNoise, 'time 0.8': 2 * mean - lowNoise } },
  }));
  await writeFile(join(run, 'log.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeFile(join(folder, 'rows.txt'), rows.join('\n'));
  const vocabulary = vocabularyOf(known);
  const model = { ...tinyConfig, maxTokens: 10, vocabularySize: vocabulary.size };
  const network = { config: model, tokenizer: wordTokenizer(vocabulary), weights: freshWeights(model) };
  await saveCheckpoint(join(run, 'model'), network, { float16: false });
  return run;
}

const diagnosed = (what: Case): Promise<readonly { problem: string; seen: string; change?: string }[]> =>
  withFolder(async (folder) => {
    const run = await writeRun(folder, what);
    return (await diagnose(run, { data: folder, samples: 0, device: 'onnx-cpu' })).findings;
  });

const rows = rowsOf(2500);
const settled = [[3, 2], [1, 1.6], [0.9, 1.5], [0.8, 1.5]] as const; // prettier-ignore

describe('the doctor', () => {
  it('finds nothing wrong with a model that has learned its corpus', async () => {
    expect(await diagnosed({ rows, log: settled })).to.deep.equal([]);
  });

  it('tells a training that ended too early by a validation that still falls', async () => {
    const [first, ...others] = await diagnosed({ rows, log: [[3, 2], [2, 1.8], [1.9, 1.6]], rest: { optimizer: { steps: 300 } } }); // prettier-ignore
    expect(others).to.deep.equal([]);
    expect(first).to.include({ problem: 'undertrained', change: '"optimizer": { "steps": 600 }' });
    expect(first!.seen).to.contain('fell by 11.1 %');
  });

  it('tells overfitting by a validation that rises, and at which step it was best', async () => {
    const [first] = await diagnosed({ rows, log: [[3, 2], [1, 1.5], [0.5, 1.7], [0.2, 2.1]] }); // prettier-ignore
    expect(first!.problem).to.equal('overfitted');
    expect(first!.seen).to.contain('best at step 200 (1.50 nats per token) and is 2.10');
    expect(first!.change).to.contain('"steps": 200');
  });

  it('tells a broken recipe before all else, by a loss that does not fall or words that cannot be read off', async () => {
    const optimizer = { peakLearningRate: 0.3 };
    const stuck = await diagnosed({ rows: rowsOf(50), log: [[3, 3], [3.1, 3.1]], rest: { optimizer } }); // prettier-ignore
    expect(stuck.map(({ problem }) => problem)).to.deep.equal(['broken recipe', 'too little data']);
    expect(stuck[0]!.change).to.contain('"peakLearningRate": 0.001');
    const [blind] = await diagnosed({ rows, log: settled, lowNoise: 2.5, rest: { optimizer: { peakLearningRate: 1e-7 } } });
    expect(blind!.seen).to.contain('misses them by 2.50 nats');
    expect(blind!.change).to.contain('"peakLearningRate": 1e-3');
  });

  it('tells a vocabulary that lacks words and a sequence that is too short, with values that mend both', async () => {
    const long = rows.map((row, i) => (i % 10 === 0 ? `${row} ${row}` : row));
    const found = await diagnosed({ rows: long, known: words.slice(0, -2), log: settled });
    expect(found.map(({ problem }) => problem)).to.deep.equal(['sequence too short', 'vocabulary too small']);
    expect(found[0]!.seen).to.contain('10.0 % of the rows are longer than the 8 tokens');
    expect(found[0]!.change).to.equal('"model": { "maxTokens": 16 }');
    expect(found[1]!.change).to.equal('"tokenizer": { "name": "words", "minCount": 3 }');
  });

  it('tells too little data, except to a model that was trained from another', async () => {
    expect((await diagnosed({ rows: rowsOf(60), log: settled })).map(({ problem }) => problem)).to.deep.equal([
      'too little data',
    ]);
    const tuned = await diagnosed({ rows: rowsOf(60), log: settled, rest: { from: 'models/e2e' } });
    expect(tuned.map(({ problem }) => problem)).to.deep.equal([]);
  });

  it('weighs the texts of a model: copies, lengths, and their cost next to that of held-out rows', () => {
    const samples = { count: 16, copies: 0, distinct: 1, meanTokens: 6, corpusMeanTokens: 6, nats: 2, heldNats: 2 };
    const settings = {
      maxTokens: 10,
      vocabularySize: 20,
      training: { steps: 100, peakLearningRate: 1e-3, minCount: 1, isFineTuning: false },
    };
    const problemsOf = (changes: Partial<ModelEvidence['samples'] & object>) =>
      findingsOf({ settings, log: [], samples: { ...samples, ...changes } }).map(({ problem }) => problem);
    expect(problemsOf({})).to.deep.equal([]);
    expect(problemsOf({ copies: 0.5 })).to.deep.equal(['overfitted']);
    expect(problemsOf({ nats: 4 })).to.deep.equal(['undertrained']);
    expect(problemsOf({ meanTokens: 2 })).to.deep.equal(['undertrained']);
  });

  it('samples texts of a model by itself, and says what a path is missing', () =>
    withFolder(async (folder) => {
      const run = await writeRun(folder, { rows: rowsOf(40), log: settled });
      const { evidence } = await diagnose(join(run, 'model'), { data: folder, samples: 2, device: 'onnx-cpu' });
      expect(evidence.samples!.count).to.equal(2);
      expect(evidence.log).to.have.length(4);
      const error = await diagnose(folder).catch((reason: unknown) => reason);
      expect((error as Error).message).to.contain('expected a run of `diffusteer train`');
    })).timeout(30_000);
});
