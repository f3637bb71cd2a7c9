import { expect } from 'chai';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { chooseBest } from '../../lib/baseline/choose.js';
import { checkConfig } from '../../lib/config/index.js';
import { judgeFolder } from '../../lib/evaluate/judge.js';
import { generate, type GenerateHooks } from '../../lib/generate/generate.js';
import { saveLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { prepareRun } from '../../lib/plan/prepare.js';
import type { Manifest } from '../../lib/run/manifest.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { toTokenIds } from '../../lib/text/token-ids.js';
import { trainGuide } from '../../lib/train/guides/train-guide.js';
import { errorOf } from '../text/helpers.js';
import { freshCausalWeights, tinyCausalSize } from '../tiny-language-model.js';
import { tokenizer, vocabulary, withFolder, writeTinyModel } from '../tiny-model.js';

const parses = [
  ['The heron sleeps .', 'DET NOUN VERB PUNCT'],
  ['A quiet heron waits .', 'DET ADJ NOUN VERB PUNCT'],
  ['The garden is green', 'DET NOUN AUX ADJ'],
].map(([words, tags], line) => {
  const upos = tags!.split(' ');
  return { line, sentences: [{ words: words!.split(' '), tags: upos, upos, tree: '(S)' }] };
});

type Generated = Awaited<ReturnType<typeof generate>> & {
  readonly lines: Awaited<ReturnType<typeof readSamples>>;
  readonly bytes: string;
  readonly manifest: Manifest;
};
type Run = (changes: Record<string, unknown>, hooks?: GenerateHooks) => Promise<Generated>;

describe('a run with a baseline', function () {
  this.timeout(30_000);

  const withModels = (use: (folder: string, run: Run) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      const [model, lm] = [join(folder, 'model'), join(folder, 'lm')];
      await writeTinyModel(model);
      const config = { format: 'diffusteer-language-model', version: 1, ...tinyCausalSize } as const;
      await saveLanguageModel(lm, { config, tokenizer, weights: freshCausalWeights() });
      const run: Run = async ({ method, ...changes }, hooks = {}) => {
        const shared = { model, device: 'onnx-cpu', sampler: { steps: 4 }, batchSize: 4, output: join(folder, 'out') };
        const config = checkConfig('generate', { ...shared, ...changes, method: { model: lm, ...(method as object) } });
        const result = await generate(config, builtInGuides, 'run.json', hooks);
        const bytes = await readFile(join(config.output, 'samples.jsonl'), 'utf8');
        const manifest = JSON.parse(await readFile(join(config.output, 'run.json'), 'utf8')) as Manifest;
        return { ...result, bytes, manifest, lines: await readSamples(join(config.output, 'samples.jsonl')) };
      };
      await use(folder, run);
    });
  const length = [{ guide: 'length', length: { from: 'value' } }];

  for (const model of ['diffusion', undefined]) {
    it(`takes the best of n texts of ${model ?? 'a language model'} by the guides`, () =>
      withModels(async (folder, run) => {
        const method = { name: 'best-of-n', n: 12, ...(model && { model }) };
        const { lines, manifest } = await run({ guidance: length, targets: [2, 3, 4], samplesPerTarget: 2, method });
        expect(manifest.method!.count).to.equal(12);
        expect(lines.map(({ id }) => id)).to.deep.equal(['0-0', '0-1', '1-0', '1-1', '2-0', '2-1']);
        for (const { tokens, guides, chosen, target } of lines) {
          expect(chosen!.of).to.equal(12);
          expect(guides['length']!.holds).to.equal(tokens.length === target['value']);
          expect(chosen!.score === 0).to.equal(guides['length']!.holds);
        }
        // a single text is further from the length
        const alone = await run({
          guidance: length,
          targets: [2, 3, 4],
          method: { ...method, n: 1 },
          output: join(folder, 'one'),
        });
        expect(alone.lines.every(({ chosen }) => chosen === undefined)).to.equal(true);
        const miss = (of: typeof lines) =>
          of.reduce((sum, { tokens, target }) => sum + Math.abs(tokens.length - (target['value'] as number)), 0) / of.length;
        expect(miss(lines)).to.be.below(miss(alone.lines) - 0.5);
      }));
  }

  it('prefers allowed texts, then nearer ones, then more probable tags, then the first', () =>
    withModels(async (folder) => {
      const chosenOf = async (guidance: readonly unknown[], texts: readonly string[]) => {
        const asked = checkConfig('generate', { model: join(folder, 'model'), output: join(folder, 'none'), guidance });
        const { config, checkpoint, guides } = await prepareRun(asked, builtInGuides, 'run.json');
        const scorer = { score: () => Promise.resolve({}) };
        const sequences = texts.map((text) => toTokenIds(text.split(' '), vocabulary, checkpoint.config.maxTokens)!);
        const [chosen] = await chooseBest({ config, checkpoint, guides, scorer }, [{ target: 0, sequences }]);
        return [texts[sequences.indexOf(chosen!.ids)], chosen!.score];
      };
      const three = { guide: 'length', length: 3 };
      expect(await chosenOf([three], ['A heron', 'The pond .', 'A pond .'])).to.deep.equal(['The pond .', 0]);
      expect(await chosenOf([three], ['A', 'A heron', 'A quiet old heron sleeps'])).to.deep.equal(['A heron', -20]); // a word instead of END, END instead of PAD
      const pond = { guide: 'words', all: ['pond'] };
      expect(await chosenOf([three, pond], ['A heron .', 'The pond', 'A pond .'])).to.deep.equal(['A pond .', 0]);
      expect(await chosenOf([three, pond], ['A heron', 'The heron .'])).to.deep.equal(['The heron .', -10]);
      const about = { guide: 'length', length: { about: 3, spread: 1 } };
      expect(await chosenOf([about], ['A', 'A quiet old heron', 'The old'])).to.deep.equal(['A quiet old heron', -0.5]);
    }));

  it('finds texts that all guides allow by beam search, different ones for each target', () =>
    withModels(async (_, run) => {
      const guidance = [
        { guide: 'words', all: ['pond'], none: ['old'] },
        { guide: 'infill', template: 'The _ ...' },
        { guide: 'length', length: { from: 'value' } },
      ];
      const { lines } = await run({ guidance, targets: [4, 6], samplesPerTarget: 5, method: { name: 'beam', width: 6 } });
      for (const { tokens, target, guides } of lines) {
        expect(tokens).to.have.length(target['value'] as number);
        expect(tokens).to.include('pond').and.not.include('old');
        expect(tokens[0]).to.equal('The');
        expect(Object.values(guides).every(({ holds }) => holds)).to.equal(true);
      }
      expect(new Set(lines.map(({ text }) => text)).size).to.equal(10);
    }));

  it('searches for each text by itself if asked to, with the same beams however many texts there are', () =>
    withModels(async (folder, run) => {
      const method = { name: 'beam', width: 2, perText: true };
      const guidance = [{ guide: 'length', length: { min: 2, max: 5 } }];
      const many = await run({ guidance, samplesPerTarget: 9, method });
      expect(many.manifest.method!.count).to.equal(2);
      for (const { guides } of many.lines) expect(guides['length']!.holds).to.equal(true);
      expect(new Set(many.lines.map(({ text }) => text)).size, 'drawn').to.be.above(3);
      const few = await run({ guidance, samplesPerTarget: 3, method, output: join(folder, 'few') });
      expect(few.lines.map(({ text }) => text)).to.deep.equal(many.lines.slice(0, 3).map(({ text }) => text));
      const likely = await run({ guidance, samplesPerTarget: 3, method: { ...method, stochastic: false }, output: join(folder, 'likely') }); // prettier-ignore
      expect(new Set(likely.lines.map(({ text }) => text)).size, 'the most likely').to.equal(1);
    }));

  it('does not return an empty text by beam search if there is another', () =>
    withModels(async (_, run) => {
      const guidance = [{ guide: 'length', length: { max: { from: 'value' } } }];
      const { lines } = await run({ guidance, targets: [0, 1, 4], method: { name: 'beam', width: 40 } });
      expect(lines.map(({ tokens }) => tokens.length > 0)).to.deep.equal([false, true, true]);
    }));

  it('weighs the next words of a language model by a discriminator trained by a command', () =>
    withModels(async (folder, run) => {
      await writeFile(join(folder, 'parses.jsonl'), parses.map((row) => JSON.stringify(row)).join('\n'));
      await trainGuide(
        checkConfig('train-guide', {
          ...{ guide: 'length', via: 'future', model: join(folder, 'model'), parses: 'parses.jsonl', device: 'onnx-cpu' },
          ...{ validationParses: 'parses.jsonl', output: join(folder, 'trained'), network: { layers: 1, width: 16, heads: 2 } },
          optimizer: { steps: 300, batchSize: 3, peakLearningRate: 0.01, warmupSteps: 5, emaDecay: 0.9 },
        }),
        folder,
        builtInGuides,
      );
      const asked = { guidance: length, targets: [4, 5], samplesPerTarget: 8, method: { name: 'fudge' } };
      const { lines } = await run(asked);
      const right = lines.filter(({ tokens, target }) => tokens.length === target['value']).length;
      const free = await run({ ...asked, output: join(folder, 'free'), method: { name: 'fudge', strength: 0 } });
      expect(right).to.be.above(free.lines.filter(({ tokens, target }) => tokens.length === target['value']).length);
      const twice = await run({ ...asked, guidance: [...length, ...length], output: join(folder, 'twice') });
      expect(twice.lines.map(({ text }) => text), 'a guide listed twice is one control').to.deep.equal(lines.map(({ text }) => text)); // prettier-ignore
    }));

  for (const method of [
    { name: 'best-of-n', n: 3 },
    { name: 'best-of-n', n: 3, model: 'diffusion' },
    { name: 'beam', width: 3 },
  ])
    it(`resumes to the same bytes: ${JSON.stringify(method)}`, () =>
      withModels(async (folder, run) => {
        const asked = { guidance: length, targets: [2, 3, 4], samplesPerTarget: 3, method };
        const { bytes } = await run(asked);
        const output = join(folder, 'again');
        const stop = new AbortController();
        const error = await run({ ...asked, output }, { onSamples: () => stop.abort(), signal: stop.signal }).catch(
          (e: unknown) => e,
        );
        expect(error).to.be.instanceOf(Interrupted);
        await truncate(join(output, 'samples.jsonl'), bytes.indexOf('\n', bytes.indexOf('\n') + 1)); // a torn shard
        const resumed = await run({ ...asked, output });
        expect(resumed.bytes).to.equal(bytes);
        expect((await run({ ...asked, output })).made).to.equal(0);
        expect((await judgeFolder(output, builtInGuides)).guides).to.have.key('length');
        expect(await errorOf(run({ guidance: length, targets: [2, 3, 4], samplesPerTarget: 3, output, method: { ...method, n: 4, width: 4 } }))).to.match(/method/); // prettier-ignore
      }));

  it('measures once how many candidates fit a time, and resumes with that number', () =>
    withModels(async (folder, run) => {
      await mkdir(join(folder, 'slow'));
      await writeFile(join(folder, 'slow', 'timing.jsonl'), '{"shard":0,"texts":4,"ms":400}\n');
      const method = { name: 'best-of-n', budgetOf: join(folder, 'slow') };
      const asked = { guidance: length, targets: [2, 3, 4], method };
      const { manifest, bytes } = await run(asked);
      const { count, seconds, secondsEach } = manifest.method!;
      expect(seconds).to.equal(0.1);
      expect(count)
        .to.equal(Math.max(1, Math.round(count)))
        .and.be.closeTo(0.1 / secondsEach!, 1);
      await truncate(join(folder, 'out', 'samples.jsonl'), 0);
      expect((await run(asked)).bytes).to.equal(bytes);
      const both = { ...method, seconds: 1 };
      expect(await errorOf(run({ ...asked, method: both, output: join(folder, 'b') }))).to.contain('one of seconds and budgetOf');
      const untimed = { ...method, budgetOf: join(folder, 'lm') };
      expect(await errorOf(run({ ...asked, method: untimed, output: join(folder, 'c') }))).to.contain('has none');
    }));

  it('says which method a guide supports, and the alternatives', () =>
    withModels(async (folder, run) => {
      const words = { guidance: [{ guide: 'words', all: ['pond'] }] };
      expect(await errorOf(run({ ...words, method: { name: 'fudge' } }))).to.match(
        /\/guidance\/0.*"fudge".*"words".*best-of-n or beam/s,
      );
      expect(await errorOf(run({ guidance: length, targets: [3], method: { name: 'fudge' } }))).to.contain('train-guide');
      expect(await errorOf(run({ ...words, decode: { name: 'mbr' }, method: { name: 'beam' } }))).to.contain('/decode');
      expect(await errorOf(run({ ...words, method: { name: 'beam', model: join(folder, 'model') } }))).to.contain(
        'language-model',
      );
    }));
});
