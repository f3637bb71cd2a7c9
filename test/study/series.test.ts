import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { InputError, Interrupted } from '../../lib/base/errors.js';
import { generate } from '../../lib/generate/generate.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { readManifest, writeManifest } from '../../lib/run/manifest.js';
import { planSeries } from '../../lib/study/plan-series.js';
import { runSeries, type PlannedRun, type SeriesParts } from '../../lib/study/series.js';
import { sweepRuns } from '../../lib/study/sweep.js';
import type { SeriesRun } from '../../lib/study/varied.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

const parts: SeriesParts<number> = {
  make: ({ config, where }, hooks) => generate(config, builtInGuides, where, hooks),
  measure: async ({ config }) => (await readSamples(join(config.output, 'samples.jsonl'))).length,
};

describe('a series of runs', function () {
  this.timeout(20_000);

  /** A sweep over seeds and lengths of a tiny model, four runs of four texts. */
  const withSweep = (use: (planned: Planned, plan: () => Promise<Planned>) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const base = {
        ...{ model: join(folder, 'model'), device: 'onnx-cpu', output: 'not-used', batchSize: 2 },
        guidance: [{ guide: 'length', length: 4 }],
      };
      const config = checkConfig('sweep', {
        base,
        set: { samplesPerTarget: 4, 'sampler.steps': 3 },
        grid: { seed: [1, 2], 'guidance.0.length': [3, 5] },
        output: join(folder, 'sweep'),
      });
      const plan = async () => planSeries(await sweepRuns(config, 'sweep.json'), builtInGuides, 'sweep.json');
      await use(await plan(), plan);
    });
  type Planned = PlannedRun<SeriesRun>[];

  it('that was stopped resumes, and does not repeat finished runs', () =>
    withSweep(async (planned, plan) => {
      expect(planned.map(({ texts }) => texts)).to.deep.equal([4, 4, 4, 4]);
      const stop = new AbortController();
      const first = runSeries(planned, parts, { signal: stop.signal, onRun: (_, i) => i === 2 && stop.abort() });
      const error = await first.catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Interrupted);
      expect((error as Interrupted).message).to.contain('stopped in run 3 of 4 (seed=2,length=3); the same command resumes');
      const total = planned.reduce((sum, { cost }) => sum + cost, 0);
      const rest = await plan();
      expect(rest.map(({ done }) => done)).to.deep.equal([1, 1, 0, 0]);
      const progress: number[] = [];
      const entries = await runSeries(rest, parts, { onProgress: (done) => progress.push(done) });
      expect(entries.map((entry) => ('failure' in entry ? entry.failure : [entry.made, entry.measured]))).to.deep.equal([
        [0, 4],
        [0, 4],
        [4, 4],
        [4, 4],
      ]);
      expect(progress).to.deep.equal([...progress].sort((a, b) => a - b));
      expect([progress[0], progress.at(-1)]).to.deep.equal([total / 2, total]);
      const lengths = await Promise.all(
        planned.map(async ({ run }) => (await readSamples(join(run.config.output, 'samples.jsonl')))[0]!.tokens.length),
      );
      expect(lengths).to.deep.equal([3, 5, 3, 5]);
    }));

  it('names a failed run, and makes the others', () =>
    withSweep(async (planned) => {
      const folder = planned[1]!.run.config.output;
      const failing: SeriesParts<number> = {
        ...parts,
        make: (run, hooks) =>
          run.config.output === folder
            ? Promise.reject(new InputError('disk', [{ path: '', message: 'is full' }]))
            : parts.make(run, hooks),
      };
      const entries = await runSeries(planned, failing);
      expect(entries.map((entry) => ('failure' in entry ? `${entry.run.name}: ${entry.failure}` : entry.measured))).to.deep.equal(
        [4, 'seed=1,length=5: disk: is full', 4, 4],
      );
    }));

  it('keeps a finished run made with other threads, and resumes an unfinished one with the threads it was begun with', () =>
    withSweep(async (planned) => {
      const [{ run }] = planned as [PlannedRun<SeriesRun>];
      await runSeries(planned.slice(0, 1), parts);
      const path = join(run.config.output, 'run.json');
      await writeManifest(path, { ...(await readManifest(path))!, threads: 3 });
      const [finished] = await runSeries(planned.slice(0, 1), parts);
      expect(finished).to.include({ made: 0, measured: 4 });
      const samples = join(run.config.output, 'samples.jsonl');
      const lines = await readSamples(samples);
      await writeFile(samples, `${JSON.stringify(lines[0])}\n`);
      const [begun] = await runSeries(planned.slice(0, 1), parts);
      expect(begun).to.include({ made: 4, measured: 4 });
      expect((await readManifest(path))!.threads).to.equal(3);
      expect(await readSamples(samples)).to.have.length(4);
    }));

  it('is checked as a whole before its first text, and reports each mistake once', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const sweep = (grid: Record<string, unknown[]>) =>
        sweepRuns(
          checkConfig('sweep', {
            base: { model: join(folder, 'model'), output: 'x', guidance: [{ guide: 'length', length: 4 }] },
            grid,
            output: folder,
          }),
          'sweep.json',
        );
      const schema = await errorOf(sweep({ 'sampler.steps': [0, 5], 'steering.iner': [1, 2] }));
      expect(schema).to.contain('/base: /sampler/steps: expected an integer from 1 to 2000, got 0');
      expect(schema).to.contain('/base: /steering/iner: unknown key, did you mean "inner"?');
      expect(schema.match(/iner/g)).to.have.length(1);
      const runs = await sweep({ 'guidance.0.length': [4, 7, 9] });
      const plan = await errorOf(planSeries(runs, builtInGuides, 'sweep.json'));
      expect(plan).to.contain('length=7').and.to.contain('length=9').and.not.to.contain('length=4:');
    }));

  it('accepts a budget from a run that is not made yet, if it belongs to the series', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const named = (name: string, method?: object): SeriesRun => ({
        name,
        where: name,
        config: checkConfig('generate', { model: join(folder, 'model'), output: join(folder, name), ...(method && { method }) }),
      });
      const best = (of: string) => ({ name: 'best-of-n', model: 'diffusion', budgetOf: join(folder, of) });
      const planned = await planSeries([named('a'), named('b', best('a'))], builtInGuides, 'series');
      expect(planned[1]!.run.config.method).to.include({ budgetOf: join(folder, 'a') });
      const message = await errorOf(planSeries([named('a'), named('b', best('elsewhere'))], builtInGuides, 'series'));
      expect(message).to.contain('/method/budgetOf');
    }));
});
