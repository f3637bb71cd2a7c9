import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guidesWith } from '../../guidance/index.js';
import { rewardGuide } from '../../guidance/reward.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate } from '../../lib/generate/generate.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';
import { errorOf } from '../text/helpers.js';
import { writeTinyClassifier } from '../tiny-classifier.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

const MODULE = 'examples/plugins/rewards/short-words.ts';

describeGuideContract({
  factory: rewardGuide('examples/plugins'),
  rows: [{ module: MODULE, argument: { strength: 2 } }, { module: 'examples/plugins/rewards/many-words.ts' }],
  nonsense: [{ module: 3 }, { module: '' }, { model: 'm', label: 5 }],
});

const problems = (options: Record<string, unknown>, folder?: string) =>
  rewardGuide(folder)
    .check(options, { model: contractModel, via: 'particles', classes: [] })
    .map(({ path, message }) => `${path}: ${message}`);

describe('the source of a reward', () => {
  it('is a file only in an allowed folder, after following links', () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, 'in'));
      for (const file of ['out.js', 'in/own.js', 'in/note.txt']) await writeFile(join(folder, file), 'export default () => 0;');
      await symlink(join(folder, 'out.js'), join(folder, 'in/link.js'));
      const of = (file: string, allowed?: string) => problems({ module: join(folder, file) }, allowed);
      expect(of('in/own.js', join(folder, 'in'))).to.deep.equal([]);
      expect(of('in/own.js')[0]).to.contain('/module: names a file to run').and.contain('--plugins DIR');
      for (const file of ['out.js', 'in/../out.js', 'in/link.js'])
        expect(of(file, join(folder, 'in')), file).to.deep.equal([`/module: expected a file inside ${join(folder, 'in')}, the allowed folder`]); // prettier-ignore
      expect(of('in/gone.js', join(folder, 'in'))[0]).to.contain('there is none at');
      expect(of('in/note.txt', join(folder, 'in'))[0]).to.contain('ends in .js, .mjs, .ts or .mts');
      expect(of('in/own.js', join(folder, 'gone'))[0]).to.contain('does not exist');
    }));

  it('is a function or a classifier, with its own options', () => {
    expect(problems({})[0]).to.contain('expected either "module"');
    expect(problems({ module: MODULE, model: 'm', label: 'l' })[0]).to.contain('expected either "module"');
    expect(problems({ module: MODULE, label: 'l' }, 'examples')).to.deep.equal(['/label: belongs to "model", which is missing']);
    expect(problems({ model: 'm', argument: 1 })).to.deep.equal([
      '/label: expected a label of the classifier, got nothing',
      '/argument: belongs to "module", which is missing',
    ]);
    expect(problems({ model: 'nosuch', label: 'l' })[0]).to.contain('/model: expected a folder with config.json');
  });
});

const FUNCTIONS = `
export default (text, tokens, word) => 4 * tokens.filter((token) => token === word).length;
export const broken = (text) => { throw new Error('on ' + typeof text); };
export const noNumber = () => 'much';
export const word = 'pond';
`;

describe('a run with a reward', function () {
  this.timeout(30_000);

  type Run = (
    changes: Record<string, unknown>,
  ) => Promise<{ bytes: string; path: string; lines: Awaited<ReturnType<typeof readSamples>> }>;
  const withRun = (use: (run: Run, folder: string) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await mkdir(join(folder, 'rewards'));
      await writeFile(join(folder, 'rewards/words.js'), FUNCTIONS);
      const run: Run = async ({ options = {}, ...changes }) => {
        const config = checkConfig('generate', {
          model: join(folder, 'model'),
          device: 'onnx-cpu',
          sampler: { steps: 12, temperature: 5 },
          batchSize: 16,
          samplesPerTarget: 12,
          particles: { count: 4, every: 3 },
          output: join(folder, 'out'),
          guidance: [{ guide: 'reward', module: join(folder, 'rewards/words.js'), argument: 'garden', ...(options as object) }],
          ...changes,
        });
        await generate(config, guidesWith({ modules: join(folder, 'rewards') }), 'run.json');
        const path = join(config.output, 'samples.jsonl');
        return { path, bytes: await readFile(path, 'utf8'), lines: await readSamples(path) };
      };
      await use(run, folder);
    });
  const gardens = (lines: readonly { readonly tokens: readonly string[] }[]) =>
    lines.reduce((sum, { tokens }) => sum + tokens.filter((token) => token === 'garden').length, 0) / lines.length;

  it('has higher rewards with more particles', () =>
    withRun(async (run, folder) => {
      const shares = [];
      for (const count of [2, 4, 16])
        shares.push(gardens((await run({ particles: { count, every: 3 }, output: join(folder, `of-${count}`) })).lines));
      const [two, four, sixteen] = shares as [number, number, number];
      expect(two).to.be.above(gardens((await run({ guidance: [], output: join(folder, 'none') })).lines));
      expect(four).to.be.above(two);
      expect(sixteen).to.be.above(four);
    }));

  it('logs the particles, and reports the reward of the text', () =>
    withRun(async (run) => {
      const { lines } = await run({});
      expect(lines).to.have.length(12);
      for (const { particles, guides, tokens } of lines) {
        expect(particles!.ess).to.have.length(4); // after the steps 3, 6 and 9, and of the texts
        expect(guides['reward']).to.deep.equal({ logProb: 4 * tokens.filter((token) => token === 'garden').length });
        expect(particles!.reward).to.equal(guides['reward']!.logProb);
      }
      expect(lines.some(({ particles }) => particles!.resampled > 0)).to.equal(true);
    }));

  it('resumes to the same bytes', () =>
    withRun(async (run, folder) => {
      const { bytes, path } = await run({});
      await truncate(path, Math.floor(bytes.length / 2));
      expect((await run({})).bytes).to.equal(bytes);
      expect((await run({ output: join(folder, 'again') })).bytes).to.equal(bytes);
      expect((await run({ output: join(folder, 'other'), seed: 2 })).bytes).to.not.equal(bytes);
    }));

  it('resumes only with the same files, of a module or a classifier', () =>
    withRun(async (run, folder) => {
      await run({});
      const module = join(folder, 'rewards/words.js');
      const { files } = JSON.parse(await readFile(join(folder, 'out/run.json'), 'utf8')) as { files: Record<string, string> };
      expect(files).to.deep.equal({ [module]: createHash('sha256').update(FUNCTIONS).digest('hex') });
      await writeFile(module, `${FUNCTIONS}// later`);
      expect(await errorOf(run({}))).to.contain(`/files: ${module}, which determines rewards, has changed`);
      await writeTinyClassifier(join(folder, 'classifier'), ['WET', 'DRY'], { is: [0, 3], river: [2, 0] });
      const reward = { guide: 'reward', model: join(folder, 'classifier'), label: 'DRY' };
      const again = () => run({ guidance: [reward], output: join(folder, 'by-classifier') });
      await again();
      await again();
      await writeTinyClassifier(join(folder, 'classifier'), ['WET', 'DRY'], { is: [0, 4], river: [2, 0] });
      expect(await errorOf(again())).to.contain('classifier/onnx/model.onnx, which determines rewards, has changed');
    }));

  it('keeps the hard constraints of other guides, and takes a function for each target', () =>
    withRun(async (run, folder) => {
      const guidance = [
        { guide: 'length', length: 5 },
        { guide: 'words', all: ['heron'] },
        { guide: 'reward', module: join(folder, 'rewards/words.js'), argument: { from: 'value' } },
        { guide: 'reward', module: join(folder, 'rewards/words.js'), argument: 'green', weight: 0.5, window: [0.5, 1] },
      ];
      const { lines } = await run({ guidance, targets: ['garden', 'old'], samplesPerTarget: 6 });
      for (const { tokens, guides } of lines) {
        expect(tokens).to.have.length(5).and.include('heron');
        expect(Object.keys(guides)).to.have.members(['length', 'words', 'reward', 'reward#2']);
      }
      expect(gardens(lines.slice(0, 6))).to.be.above(gardens(lines.slice(6)));
      for (const { particles, guides } of lines)
        expect(particles!.reward).to.equal(guides['reward']!.logProb! + 0.5 * guides['reward#2']!.logProb!);
    }));

  it('can be by a text classifier', () =>
    withRun(async (run, folder) => {
      await writeTinyClassifier(join(folder, 'classifier'), ['WET', 'DRY'], { is: [0, 3], river: [2, 0] });
      const reward = { guide: 'reward', model: join(folder, 'classifier'), label: 'DRY' };
      const { lines } = await run({ guidance: [reward] });
      const dry = lines.filter(({ tokens }) => tokens.includes('is')).length;
      const plain = await run({ guidance: [], output: join(folder, 'plain') });
      expect(dry).to.be.above(plain.lines.filter(({ tokens }) => tokens.includes('is')).length);
      for (const { tokens, guides } of lines) {
        const votes = 3 * tokens.filter((token) => token === 'is').length;
        expect(guides['reward']!.logProb).to.be.closeTo(-Math.log(1 + Math.exp(-votes)), 1e-3);
      }
    }));

  it('names the failing file and function, before the run if possible', () =>
    withRun(async (run, folder) => {
      const file = join(folder, 'rewards/words.js');
      expect(await errorOf(run({ options: { export: 'broken' } }))).to.match(/words\.js: broken: threw for ".*": on string/);
      expect(await errorOf(run({ options: { export: 'noNumber' }, output: join(folder, 'number') })))
        .to.contain('noNumber: expected a reward in nats')
        .and.contain('got much');
      expect(await errorOf(run({ options: { export: 'word' }, output: join(folder, 'fresh') }))).to.equal(
        `run.json: /guidance/0: ${file}: expected a function (text, tokens, argument) => nats as its export "word" (it has broken, default, noNumber)`,
      );
      await writeFile(join(folder, 'rewards/torn.js'), 'export default (');
      expect(await errorOf(run({ options: { module: join(folder, 'rewards/torn.js') } }))).to.contain(
        'torn.js: cannot be loaded',
      );
      const decode = { name: 'mbr', candidates: 4 };
      expect(await errorOf(run({ decode }))).to.contain(
        '/decode: expected { "name": "argmax" }, since the guide "reward" chooses',
      );
    }));
});
