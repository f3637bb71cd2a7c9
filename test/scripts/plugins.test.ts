import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSamples } from '../../lib/run/read-samples.js';
import { guideSource, writeFiles } from '../plugins/files.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { runCli } from './run-cli.js';

describe('--plugins', function () {
  this.timeout(60_000); // each case starts processes

  const judge = `export const judge = {
    name: 'avoid',
    score: async (texts, targets) => texts.map((words, i) => ({ value: targets[i].words.some((word) => words.includes(word)) ? 0 : 1 })),
  };`;

  it('makes the guides of a folder available to all commands, from check to judge', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await writeFiles(folder, { 'plugins/avoid.ts': guideSource({}, judge) });
      const [config, output] = [join(folder, 'run.json'), join(folder, 'out')];
      const run = { model: join(folder, 'model'), output, device: 'onnx-cpu', sampler: { steps: 3, temperature: 5 } };
      const guidance = [{ guide: 'avoid', words: ['pond', 'heron', 'old'] }];
      await writeFile(config, JSON.stringify({ ...run, guidance, samplesPerTarget: 16 }));
      const plugins = ['--plugins', join(folder, 'plugins')];

      const [refused, shown, checked] = await Promise.all(
        [
          ['check', config],
          ['guides', 'avoid', ...plugins],
          ['check', config, ...plugins],
        ].map((args) => runCli(args)),
      );
      expect(refused!.code).to.equal(2);
      expect(refused!.stderr).to.contain('no guide is named "avoid"').and.contain('a guide of your own needs --plugins DIR');
      expect(shown!.stdout).to.contain('avoid: Some words do not occur.').and.contain('{"guide":"avoid","words":["pond"]}');
      expect(checked!.stdout).to.contain('guides: avoid');

      const made = await runCli(['generate', config, ...plugins]);
      expect(made, made.stderr).to.include({ code: 0 });
      expect(made.stdout).to.match(/^avoid +100\.0 %/m);
      const samples = await readSamples(join(output, 'samples.jsonl'));
      const words = new Set(samples.flatMap(({ tokens }) => tokens));
      expect(words).to.include.keys('garden', 'waits').and.not.include.keys('pond', 'heron', 'old');
      expect((await runCli(['judge', output, ...plugins])).stdout).to.match(/^avoid +100\.0 %/m);
    }));

  it('reports an invalid file of the folder before anything runs', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'plugins/avoid.ts': guideSource({ summary: '3', name: `'pos'` }) });
      const { code, stderr } = await runCli(['guides', '--plugins', join(folder, 'plugins')]);
      expect(code).to.equal(2);
      expect(stderr).to.equal(`${join(folder, 'plugins/avoid.ts')}: summary: expected a sentence, got 3\n`);
    }));
});
