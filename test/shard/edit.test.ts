import { expect } from 'chai';
import { mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { renoiseSteps } from '../../lib/diffusion/reverse-steps.js';
import { continuousLevels } from '../../lib/diffusion/schedule.js';
import { generate } from '../../lib/generate/generate.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { stepsFrom } from '../../lib/diffusion/reverse-steps.js';
import { errorOf } from '../text/helpers.js';
import { tinyPaperConfig, withFolder, writeTinyModel } from '../tiny-model.js';

type Changes = Record<string, unknown>;

async function runIn(folder: string, { output = 'out', ...changes }: Changes) {
  const base = { model: join(folder, 'model'), device: 'onnx-cpu', sampler: { steps: 8 }, batchSize: 4 };
  const config = checkConfig('generate', { ...base, ...changes, output: join(folder, output as string) });
  await generate(config, builtInGuides, 'run.json');
  const path = join(config.output, 'samples.jsonl');
  return { path, bytes: await readFile(path, 'utf8'), lines: await readSamples(path) };
}

const withTiny = (use: (run: (changes: Changes) => ReturnType<typeof runIn>) => Promise<void>, paper = false) =>
  withFolder(async (folder) => {
    await mkdir(join(folder, 'model'));
    await writeTinyModel(join(folder, 'model'), ...(paper ? [tinyPaperConfig] : []));
    await use((changes) => runIn(folder, changes));
  });

const TEXT = 'The quiet heron waits.';

describe('editing', function () {
  this.timeout(30_000);

  it('takes the reverse steps from the noise level on, at least the last', () => {
    const levels = renoiseSteps(continuousLevels(10));
    const edited = (noise: number) => stepsFrom(levels, noise).map(({ step }) => step);
    expect(edited(1)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(edited(0.5)).to.deep.equal([5, 6, 7, 8, 9]);
    expect(edited(0.1)).to.deep.equal([9]);
    expect(edited(0)).to.deep.equal([9]);
    for (const noise of [0.2, 0.5, 0.8]) expect(stepsFrom(levels, noise)[0]!.time).to.be.at.most(noise);
  });

  it('returns the text without noise: the shipped model knows it', () =>
    withFolder(async (folder) => {
      const text = 'The Punter is a cheap coffee shop near the river.';
      const edit = { text, noise: 0, keep: 0 };
      const { lines } = await runIn(folder, { model: 'models/e2e', edit, batchSize: 2, samplesPerTarget: 2 });
      for (const line of lines) {
        expect(line.text).to.equal(text);
        expect(line.edit).to.deep.equal({ distance: 0, share: 0, kept: 1 });
      }
    }));

  it('with full noise is generation from noise', () =>
    withTiny(async (run) => {
      const plain = await run({ samplesPerTarget: 6, output: 'plain' });
      const edited = await run({ samplesPerTarget: 6, edit: { text: TEXT, noise: 1, keep: 0 } });
      expect(edited.lines.map(({ tokens }) => tokens)).to.deep.equal(plain.lines.map(({ tokens }) => tokens));
      expect(edited.lines.every(({ edit }) => edit!.distance > 0)).to.equal(true);
    }));

  it('starts from the text: less noise and more nats keep more of it', () =>
    withTiny(async (run) => {
      const kept = async (noise: number, keep: number) => {
        const edit = { text: TEXT, noise, keep };
        const { lines } = await run({
          edit,
          samplesPerTarget: 8,
          sampler: { steps: 8, temperature: 3 },
          output: `${noise}-${keep}`,
        });
        return lines.reduce((sum, line) => sum + line.edit!.kept, 0) / lines.length;
      };
      const [free, some, all] = [await kept(0.5, 0), await kept(0.5, 2), await kept(0.5, 50)];
      expect(all).to.equal(1);
      expect(some).to.be.within(free + 0.05, all - 0.05);
    }));

  it('satisfies the guides, and keeps the rest; resumes to the same bytes', () =>
    withTiny(async (run) => {
      const job = {
        edit: { text: { from: 'text' }, noise: 0.5, keep: 50 },
        guidance: [
          { guide: 'words', none: ['heron', 'pond'], at: [{ position: 0, word: 'A' }] },
          { guide: 'length', length: 5 },
        ],
        targets: [{ text: TEXT }, { text: ['The', 'old', 'pond', 'sleeps', '.'] }],
        samplesPerTarget: 3,
      };
      const { lines, bytes, path } = await run(job);
      for (const { tokens, guides, edit, id } of lines) {
        const [first, second, third, ...rest] = tokens;
        expect(first).to.equal('A');
        expect(second).to.equal(id.startsWith('0') ? 'quiet' : 'old');
        expect(third).to.not.be.oneOf(['heron', 'pond']);
        expect(rest).to.deep.equal([id.startsWith('0') ? 'waits' : 'sleeps', '.']);
        expect(guides['words']!.holds && guides['length']!.holds).to.equal(true);
        expect(edit).to.deep.equal({ distance: 2, share: 0.4, kept: 0.6 });
      }
      await truncate(path, bytes.length - 40);
      expect((await run(job)).bytes).to.equal(bytes);
    }));

  it('reports every text that does not fit the model', () =>
    withTiny(async (run) => {
      const targets = [
        { text: 'The quite heron sleeps' },
        { text: 'The old pond is green and quiet .' },
        { text: 7 },
        {},
        { text: '' },
      ];
      const message = await errorOf(run({ edit: { text: { from: 'text' } }, targets }));
      expect(message).to.contain('4 problems');
      expect(message).to.contain(
        '/edit/text: the vocabulary has no "quite" (did you mean "quiet"?); use other words (/targets/0)',
      );
      expect(message).to.contain('expected at most 6 words, the longest text of this model, got 8 (/targets/1)');
      expect(message).to.contain('expected a text or a list of words, got 7 (/targets/2)');
      expect(message).to.contain('/targets/3 has no field "text"');
    }));

  it('also works with a model of the paper, which accepts no factors on tokens', () =>
    withTiny(async (run) => {
      expect(await errorOf(run({ edit: { text: TEXT } }))).to.contain('/edit/keep: expected 0');
      const { lines } = await run({ edit: { text: TEXT, keep: 0 }, samplesPerTarget: 2 });
      expect(lines.every(({ edit }) => edit!.share >= 0 && edit!.share <= 1)).to.equal(true);
    }, true));
});
