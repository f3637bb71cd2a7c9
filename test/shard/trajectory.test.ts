import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { guidesWith } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { DiffusteerError, messageOf } from '../../lib/base/errors.js';
import { generate } from '../../lib/generate/generate.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { readTraces } from '../../lib/run/traces-file.js';
import type { RunStep } from '../../lib/sampler/observer.js';
import { watchRows } from '../../lib/shard/trajectory.js';
import { errorOf } from '../text/helpers.js';
import { vocabulary, withFolder, writeTinyModel } from '../tiny-model.js';

const STEPS = 6;

/** Guides that act in several ways, automata among them. */
const guidance = [
  { guide: 'regex', pattern: '(The|A) .{1,3} (pond|garden) .*' },
  { guide: 'length', length: { min: 4, max: 5 } },
];

describe('traces', function () {
  this.timeout(20_000);

  type Run = (changes: object, trace?: number) => Promise<{ folder: string; made: number; traced: number; bytes: string }>;
  const withModel = (use: (run: Run, folder: string) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await use(async (changes, trace = 0) => {
        const base = { model: join(folder, 'model'), device: 'onnx-cpu', sampler: { steps: STEPS }, batchSize: 4 };
        const config = checkConfig('generate', { ...base, output: join(folder, 'out'), ...changes });
        const result = await generate(config, guidesWith({ modules: folder }), 'run.json', { trace });
        return { ...result, bytes: await readFile(join(config.output, 'samples.jsonl'), 'utf8') };
      }, folder);
    });

  it('hold every step of the first texts, whose bytes are the same as without traces', () =>
    withModel(async (run, folder) => {
      const job = { guidance, samplesPerTarget: 10 };
      const plain = await run(job);
      const { bytes, traced, folder: output } = await run({ ...job, output: join(folder, 'traced') }, 6);
      expect([traced, bytes]).to.deep.equal([6, plain.bytes]);
      const [traces, samples] = [await readTraces(output), await readSamples(join(output, 'samples.jsonl'))];
      expect(traces.map(({ id }) => id)).to.deep.equal(samples.slice(0, 6).map(({ id }) => id));
      traces.forEach(({ steps }, t) => {
        expect(steps.map(({ step }) => step)).to.deep.equal([0, 1, 2, 3, 4, 5]);
        expect(steps.at(-1)!.tokens).to.deep.equal(samples[t]!.tokens);
        const said = Object.entries(samples[t]!.guides).map(([label, { logProb }]) => [label, logProb]);
        expect(steps.at(-1)!.guides).to.deep.equal(Object.fromEntries(said));
        for (const { tokens, entropy, time } of steps) {
          expect(tokens.join(' ')).to.match(/^(The|A) (\S+ ){1,3}(pond|garden)/);
          expect(entropy).to.have.length(tokens.length);
          expect(Math.min(...entropy)).to.be.at.least(0);
          expect(Math.max(...entropy)).to.be.at.most(Number(Math.log(vocabulary.size).toFixed(3)));
          expect(entropy[0], 'one of two words').to.be.at.most(Number(Math.log(2).toFixed(3)));
          expect(time).to.be.within(0, 1);
        }
      });
    }));

  it('can be made later, and are completed if the file was cut off; the texts stay the same', () =>
    withModel(async (run, folder) => {
      const job = { guidance, samplesPerTarget: 6 };
      const along = await run({ ...job, output: join(folder, 'along') }, 5);
      const path = join(along.folder, 'traces.jsonl');
      const bytes = await readFile(path, 'utf8');
      const { folder: output, bytes: texts } = await run(job);
      const own = join(output, 'traces.jsonl');
      const after = await run(job, 5);
      expect([after.made, after.traced, after.bytes, await readFile(own, 'utf8')]).to.deep.equal([0, 5, texts, bytes]);
      expect((await run(job, 3)).traced, 'fewer than all').to.equal(0);
      expect(await readFile(own, 'utf8')).to.equal(bytes);
      await writeFile(own, bytes.slice(0, -40)); // as if the process had been killed while it wrote the second shard
      expect(await readTraces(output)).to.have.length(4);
      expect((await run(job, 5)).traced).to.equal(1);
      expect(await readFile(own, 'utf8')).to.equal(bytes);
    }));

  it('are refused if the texts of the folder are not those of the config', () =>
    withModel(async (run) => {
      const { folder, bytes } = await run({ samplesPerTarget: 3 });
      const path = join(folder, 'samples.jsonl');
      await writeFile(path, bytes.replace(/"tokens":\["/, '"tokens":["pond","'));
      const error = await run({ samplesPerTarget: 3 }, 2).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(DiffusteerError);
      expect(messageOf(error)).to.contain('samples.jsonl:1: generating 0-0 again').and.contain('another output folder');
      expect(await errorOf(readTraces(folder))).to.contain('has no traces');
      expect(await readFile(path, 'utf8')).to.contain('"pond","');
    }));

  it('follow the candidate that becomes the text, by minimum Bayes risk and through resampled trajectories', () =>
    withModel(async (run, folder) => {
      const reward = join(folder, 'reward.mjs');
      await writeFile(reward, 'export default (text, tokens) => -4 * new Set(tokens).size;');
      const particles = { count: 4, every: 1 };
      const jobs = [
        { decode: { name: 'mbr', candidates: 4 }, output: join(folder, 'mbr') },
        { guidance: [{ guide: 'reward', module: reward }], particles, output: join(folder, 'particles') },
        { edit: { text: 'The pond is green .', noise: 0.5 }, output: join(folder, 'edit') },
      ];
      for (const job of jobs) {
        const config = { ...job, batchSize: 8, samplesPerTarget: 4 };
        const plain = await run({ ...config, output: `${job.output}-plain` });
        const { bytes } = await run(config, 3);
        expect(bytes, job.output).to.equal(plain.bytes);
        const [traces, samples] = [await readTraces(job.output), await readSamples(join(job.output, 'samples.jsonl'))];
        traces.forEach(({ steps }, t) => {
          const { tokens, guides } = samples[t]!;
          expect(steps.at(-1)!.tokens).to.deep.equal(tokens);
          if (job.guidance) expect(steps.at(-1)!.guides['reward']).to.equal(guides['reward']!.logProb);
        });
        if (job.edit) expect(traces[0]!.steps[0]!.step).to.equal(3);
        if (job.particles) expect(samples.some((line) => line.particles!.resampled > 0)).to.equal(true);
      }
    }));

  it('keep for a row the steps of the row that it continues', async () => {
    const [first, second] = [0, 1].map((step) => ({ step, time: 0.5, isLast: step === 1 }) as RunStep);
    const watcher = watchRows([0, 1], {
      text: (row) => ({ ids: Int32Array.of(10 * row), tokens: [], text: '', truncated: false }),
      constrained: (_, probs) => probs,
    });
    const see = async (step: RunStep, probs: Float32Array, ancestors?: Int32Array) => {
      expect(watcher.before(step, ancestors)).to.deep.equal({ probs: true });
      expect(await watcher.after(step, { probs, logProbs: new Map() }), 'selects nothing').to.equal(undefined);
    };
    await see(first!, Float32Array.of(0.5, 0.5));
    await see(second!, Float32Array.of(1, 0), Int32Array.of(1, 1));
    expect(watcher.historyOf(0).map(({ text }) => text.ids[0])).to.deep.equal([10, 0]);
    expect(watcher.historyOf(1).map(({ text }) => text.ids[0])).to.deep.equal([10, 10]);
    expect(watcher.historyOf(0)[0]!.entropy[0]).to.be.closeTo(Math.LN2, 1e-9);
    expect(watcher.historyOf(0)[1]!.entropy[0]).to.equal(0);
  });

  it('that are missing or broken give an error with the file, the line and the command that makes them', () =>
    withFolder(async (folder) => {
      expect(await errorOf(readTraces(folder)))
        .to.contain('traces.jsonl')
        .and.contain('generate CONFIG --trace');
      const path = join(folder, 'traces.jsonl');
      for (const broken of [
        'no JSON',
        '{"id":"0-0","steps":[]}',
        '{"id":"0-0","steps":[{"step":0,"time":1,"tokens":["a"],"entropy":[]}]}',
        '{"id":"0-0","steps":[{"step":0,"time":1,"tokens":["a"],"entropy":[0],"guides":{"length":"none"}}]}',
      ]) {
        await rm(path, { force: true });
        await appendFile(path, `${broken}\n`);
        expect(await errorOf(readTraces(folder)), broken).to.match(/traces\.jsonl:1: is not (a trace|JSON)/);
      }
    }));
});
