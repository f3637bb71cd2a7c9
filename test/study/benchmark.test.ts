import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import { benchmarkRuns } from '../../lib/study/benchmark.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

const task = { name: 'length', title: 'Length', controls: [{ guide: 'length' }] };

describe('the runs of a benchmark', () => {
  /** Writes a config of a run and ten targets into a folder. */
  const withFiles = (use: (folder: string, benchmark: (more: object) => Parameters<typeof benchmarkRuns>[0]) => Promise<void>) =>
    withFolder(async (folder) => {
      const base = {
        model: 'm',
        output: 'not-used',
        samplesPerTarget: 3,
        guidance: [{ guide: 'length', length: { from: 'n' } }],
      };
      await writeFile(join(folder, 'base.json'), JSON.stringify(base));
      await mkdir(join(folder, 'targets'));
      const lines = Array.from({ length: 10 }, (_, i) => `{"n":${i + 3}}\n`);
      await writeFile(join(folder, 'targets/length.jsonl'), lines.join(''));
      const row = { name: 'a', task: 'length', method: 'ours', config: join(folder, 'base.json'), targets: 'length.jsonl' };
      await use(folder, (more) => checkConfig('benchmark', { output: join(folder, 'out'), tasks: [task], rows: [row], ...more }));
    });

  it('are those of the configs with the values of the rows, as by `generate --set`', () =>
    withFiles(async (folder, benchmark) => {
      const config = benchmark({});
      const rows = [{ ...config.rows[0]!, set: { seed: 3 } }];
      const [run] = await benchmarkRuns({ ...config, rows }, { targets: join(folder, 'targets') }, 'table.json');
      expect(run!.config).to.deep.equal(
        checkConfig(
          'generate',
          {
            model: 'm',
            output: join(folder, 'out/a'),
            samplesPerTarget: 3,
            guidance: [{ guide: 'length', length: { from: 'n' } }],
          },
          { set: ['seed=3', `targets=${join(folder, 'targets/length.jsonl')}`] },
        ),
      );
    }));

  it('take with --quick evenly spaced targets, in a batch of their number and a separate folder', () =>
    withFiles(async (folder, benchmark) => {
      const config = benchmark({ quick: { targets: 3, set: { 'sampler.steps': 5 } } });
      const [run] = await benchmarkRuns(config, { targets: join(folder, 'targets'), quick: true }, 'table.json');
      expect(run!.config).to.deep.include({
        targets: [{ n: 3 }, { n: 6 }, { n: 9 }],
        samplesPerTarget: 1,
        batchSize: 3,
        output: join(folder, 'out-quick/a'),
      });
      expect(run!.config.sampler.steps).to.equal(5);
    }));

  it('must have unique names and existing tasks, with a figure for each control', () =>
    withFiles(async (folder, benchmark) => {
      const config = benchmark({
        published: [{ method: 'M', source: 'S', figures: { length: { control: [1, 2] }, lenght: { control: [1] } } }],
      });
      const rows = [config.rows[0]!, { ...config.rows[0]!, task: 'lengths' }];
      const message = await errorOf(benchmarkRuns({ ...config, rows }, { targets: join(folder, 'targets') }, 'table.json'));
      for (const line of [
        '4 problems',
        '/rows/1/name: "a" is taken by another',
        '/rows/1/task: no task is named "lengths", did you mean "length"?',
        '/published/0/figures/length/control: expected 1 figures, one per control of the task, got 2',
        '/published/0/figures/lenght: no task is named "lenght", did you mean "length"?',
      ])
        expect(message).to.contain(line);
    }));
});
