import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import manyWords, { expected as expectedMany } from '../../examples/plugins/rewards/many-words.js';
import shortWords, { expected as expectedShort } from '../../examples/plugins/rewards/short-words.js';
import { guidesWith } from '../../guidance/index.js';
import { rewardGuide } from '../../guidance/reward.js';
import { checkConfig } from '../../lib/config/index.js';
import { guideContract } from '../../lib/testing/index.js';
import { generate } from '../../lib/generate/generate.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { blocksOf } from '../docs/read-markdown.js';
import { contractModel } from '../guide-contract.js';
import { errorOf } from '../text/helpers.js';
import { tinyConfig, tinyPaperConfig, withFolder, writeTinyModel } from '../tiny-model.js';

const FUNCTIONS = `
/** Rewards each occurrence of the word by 4 nats, in a text and under token probabilities. */
export default (text, tokens, word) => 4 * tokens.filter((token) => token === word).length;
export const expected = (probs, words, word) => {
  const at = words.indexOf(word);
  const slopes = words.map((_, v) => (v === at ? 4 : 0));
  return { value: 4 * probs.reduce((sum, row) => sum + row[at], 0), gradient: probs.map(() => slopes) };
};
/** A reward whose slopes belong to another function. */
export const wrong = (probs, words) => ({ ...expected(probs, words, 'pond'), gradient: probs.map((row) => row.map((p) => p - 1)) });
let calls = 0;
export const changing = (probs, words) => ({ ...expected(probs, words, 'pond'), value: calls++ });
export const broken = (probs) => probs[90].length;
export const nothing = () => 3;
export const later = async (probs, words) => expected(probs, words, 'pond');
export const noNumber = (probs, words) => ({ ...expected(probs, words, 'pond'), value: 'much' });
export const flat = (probs, words) => ({ value: 1, gradient: expected(probs, words, 'pond').gradient.flat() });
export const narrow = (probs) => ({ value: 1, gradient: probs.map(() => [1, 2]) });
export const undefinedSlope = (probs, words) => ({ value: 1, gradient: probs.map((row) => row.map((p, v) => (words[v] === 'heron' ? NaN : p))) });
`;

describe('the examples of rewards over token probabilities', () => {
  const words = ['The', 'heron', 'sleeps', '.', 'a'];
  const probsOf = (tokens: readonly string[], places = 6) =>
    Array.from({ length: places }, (_, i) => Float32Array.from(words, (word) => (word === tokens[i] ? 1 : 0)));

  it('equal the functions of the text if the words are certain', () => {
    for (const text of [['The', 'heron', 'sleeps', '.'], ['a', 'a', 'heron'], ['.']]) {
      for (const argument of [undefined, { strength: 3 }]) {
        expect(expectedMany(probsOf(text), words, argument).value).to.be.closeTo(manyWords('', text, argument), 1e-6);
        if (text.length > 1)
          expect(expectedShort(probsOf(text), words, argument).value).to.be.closeTo(shortWords('', text, argument), 1e-6);
      }
    }
    expect(expectedShort(probsOf([]), words)).to.deep.include({ value: -Infinity });
  });

  it('give the value of one more word, computed by hand', () => {
    const probs = [Float32Array.of(0.5, 0.2, 0, 0, 0), Float32Array.of(0.5, 0, 0, 0, 1)];
    const { value, gradient } = expectedMany(probs, words);
    expect(value).to.be.closeTo(0.75 + 0.2 + 1, 1e-6);
    expect([...gradient[0]!].map((slope) => Number(slope.toFixed(6)))).to.deep.equal([0.5, 1, 1, 1, 0]); // "a" is there anyway
  });
});

describe('a reward by its gradient', function () {
  this.timeout(60_000); // compiles the graph of many runs

  type Changes = Record<string, unknown>;
  type Run = (changes?: Changes) => Promise<{ bytes: string; path: string; lines: Awaited<ReturnType<typeof readSamples>> }>;
  const withRun = (use: (run: Run, folder: string, file: string) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await mkdir(join(folder, 'rewards'));
      const file = join(folder, 'rewards/words.js');
      await writeFile(file, FUNCTIONS);
      let runs = 0;
      const run: Run = async ({ options = {}, ...changes } = {}) => {
        const reward = { guide: 'reward', via: 'posterior', module: file, argument: 'garden', ...(options as object) };
        const config = checkConfig('generate', {
          ...{ model: join(folder, 'model'), device: 'onnx-cpu', output: join(folder, `out${++runs}`) },
          ...{ sampler: { steps: 6 }, batchSize: 6, samplesPerTarget: 6, guidance: [reward], ...changes },
        });
        await generate(config, guidesWith({ modules: join(folder, 'rewards') }), 'run.json');
        const path = join(config.output, 'samples.jsonl');
        return { path, bytes: await readFile(path, 'utf8'), lines: await readSamples(path) };
      };
      await use(run, folder, file);
    });
  const gardens = (lines: readonly { readonly tokens: readonly string[] }[]) =>
    lines.reduce((sum, { tokens }) => sum + tokens.filter((token) => token === 'garden').length, 0) / lines.length;

  it('is higher than without a guide for the same noise, rises with the weight, and is recorded for each text', () =>
    withRun(async (run) => {
      const none = await run({ guidance: [] });
      const [half, whole] = [await run({ options: { weight: 0.5 } }), await run()];
      expect(gardens(half.lines)).to.be.above(gardens(none.lines));
      expect(gardens(whole.lines)).to.be.above(gardens(half.lines));
      for (const { tokens, guides } of whole.lines)
        expect(guides).to.deep.equal({ reward: { logProb: 4 * tokens.filter((token) => token === 'garden').length } });
    }));

  it('acts only in its window', () =>
    withRun(async (run) => {
      const texts = async (changes: Changes) => (await run(changes)).lines.map(({ text }) => text);
      const [none, whole] = [await texts({ guidance: [] }), await texts({})];
      expect(whole).to.not.deep.equal(none);
      expect(await texts({ options: { window: [0, 1] } })).to.deep.equal(whole);
      expect(await texts({ options: { window: [0.84, 0.99] } })).to.deep.equal(none); // between two of six steps
    }));

  it('resumes to the same bytes, and only with the same file', () =>
    withRun(async (run, folder, file) => {
      const again = { output: join(folder, 'again'), batchSize: 2 };
      const { bytes, path } = await run(again);
      await truncate(path, Math.floor(bytes.length / 2));
      expect((await run(again)).bytes).to.equal(bytes);
      const { files } = JSON.parse(await readFile(join(folder, 'again/run.json'), 'utf8')) as { files: Record<string, string> };
      expect(files).to.deep.equal({ [file]: createHash('sha256').update(FUNCTIONS).digest('hex') });
      await writeFile(file, `${FUNCTIONS}// later`);
      expect(await errorOf(run(again))).to.contain(`/files: ${file}, which determines rewards, has changed`);
    }));

  it('works with hard constraints, automata, particles and a function for each target', () =>
    withRun(async (run, _, module) => {
      const own = { guide: 'reward', module };
      const guidance = [
        { guide: 'length', length: 4 },
        { guide: 'words', all: ['heron'] },
        { ...own, via: 'posterior', argument: { from: 'value' } },
        { ...own, argument: 'old' },
      ];
      const { lines } = await run({
        guidance,
        targets: ['garden', 'green'],
        samplesPerTarget: 3,
        particles: { count: 2, every: 2 },
      });
      for (const { tokens, guides } of lines) {
        expect(tokens).to.have.length(4).and.include('heron');
        expect(guides['reward#2']!.logProb).to.equal(4 * tokens.filter((token) => token === 'old').length);
      }
      expect(gardens(lines.slice(0, 3))).to.be.above(gardens(lines.slice(3)));
      expect(gardens(lines.slice(0, 3))).to.be.above(1);
    }));

  it('chooses the best of several texts', () =>
    withRun(async (run) => {
      const method = (count: number) => ({ method: { name: 'best-of-n', model: 'diffusion', n: count } });
      const [one, many] = [await run(method(1)), await run(method(8))];
      expect(gardens(many.lines)).to.be.above(gardens(one.lines));
    }));

  it('is refused by beam search, inside `any`, and by a model without token probabilities', () =>
    withRun(async (run, folder, module) => {
      const reward = { guide: 'reward', via: 'posterior', module, argument: 'pond' };
      expect(await errorOf(run({ method: { name: 'beam', model: 'nosuch', width: 2 } }))).to.contain(
        '/guidance/0: the method "beam" scores texts word by word',
      );
      expect(await errorOf(run({ guidance: [{ any: [reward, { guide: 'words', any: ['pond'] }] }] }))).to.contain(
        '/guidance/0/any/0: the guide "reward" weighs tokens',
      );
      await writeTinyModel(join(folder, 'paper'), tinyPaperConfig);
      expect(await errorOf(run({ model: join(folder, 'paper') }))).to.contain('weighs tokens by `posterior`');
      const problems = rewardGuide().check({ model: 'm', label: 'l' }, { model: contractModel, via: 'posterior', classes: [] });
      expect(problems).to.deep.equal([
        { path: '/model', message: 'has no gradient over token probabilities; use "via": "particles", or a "module"' },
      ]);
    }));

  it('names the file, the function and its error', () =>
    withRun(async (run, _, file) => {
      const [positions, words] = [tinyConfig.maxTokens - 1, tinyConfig.vocabularySize - 4];
      const errors: Record<string, string> = {
        gone: 'expected a function (probs, words, argument) => ({ value, gradient }) as its export "gone" (it has',
        broken: 'broken: threw in line 13: Cannot read',
        nothing: 'nothing: must return { value, gradient }, got number',
        later: 'later: must return { value, gradient }, got a promise',
        noNumber: 'noNumber: must return a value in nats, a number below Infinity, got much',
        flat: `flat: must return a gradient with a row for each of ${positions} positions, got ${positions * words} of them`,
        narrow: `narrow: must return a gradient with a slope for each of ${words} words, got 2 of them at position 0`,
        undefinedSlope: `undefinedSlope: must return a gradient with a slope for each of ${words} words, got NaN for "heron" at position 0`,
      };
      for (const [name, message] of Object.entries(errors)) {
        const error = await errorOf(run({ options: { export: name } }));
        expect(error, name).to.contain(message).and.contain(file);
      }
    }));

  it('breaks the contract if its slopes are wrong or its value changes', () =>
    withFolder(async (folder) => {
      const module = join(folder, 'words.js');
      await writeFile(module, FUNCTIONS);
      const factory = { ...rewardGuide(folder), places: ['posterior'] as const };
      const failures = async (options: Changes) => {
        const found: string[] = [];
        for (const { name, run } of guideContract({ ...factory, example: { module, ...options } })) {
          const error: unknown = await run().catch((reason: unknown) => reason);
          if (error !== undefined) found.push(`${name}: ${(error as Error).message}`);
        }
        return found;
      };
      expect(await failures({ argument: 'pond' })).to.deep.equal([]);
      const shown = (await blocksOf('docs/guides.md')).find(({ name }) => name === 'prefer.js')!;
      await writeFile(join(folder, 'prefer.js'), shown.text);
      expect(await failures({ module: join(folder, 'prefer.js'), argument: ['garden', 'old'] })).to.deep.equal([]);
      const wrong = await failures({ export: 'wrong' });
      expect(wrong).to.have.length(1);
      expect(wrong[0])
        .to.contain('the gradient of a reward agrees with finite differences')
        .and.contain('compared with the gradient');
      expect((await failures({ export: 'changing' }))[0]).to.contain('changed from call to call');
    }));
});
