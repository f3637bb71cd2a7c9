import { expect } from 'chai';
import fc from 'fast-check';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guidesWith } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate, type GenerateHooks } from '../../lib/generate/generate.js';
import { denoiserOf } from '../../lib/model/checkpoint/checkpoint.js';
import { checkRun } from '../../lib/plan/prepare.js';
import { loadPlugins } from '../../lib/plugins/index.js';
import type { Manifest } from '../../lib/run/manifest.js';
import { readSamples } from '../../lib/run/read-samples.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { readTraces } from '../../lib/run/traces-file.js';
import { loadTokenizer } from '../../lib/text/load-tokenizer.js';
import { errorOf } from '../text/helpers.js';
import { writeDecoder } from '../tiny-language-model.js';
import { freshWeights, tensorsOf, tinyConfig, vocabulary, withFolder, writeTinyModel } from '../tiny-model.js';

interface Made {
  readonly made: number;
  readonly folder: string;
  readonly lines: readonly SampleLine[];
  readonly bytes: string;
}
type Run = (changes: Record<string, unknown>, hooks?: GenerateHooks) => Promise<Made>;
type Setup = {
  folder: string;
  run: Run;
  configOf: (changes: Record<string, unknown>) => ReturnType<typeof checkConfig<'generate'>>;
};

/** Returns a module with a guide by gradient that pulls all positions to an embedding. */
const nearGuide = (embedding: readonly number[]): string => `export default {
  name: 'near',
  summary: 'Pulls words to one word.',
  options: { type: 'object', properties: {}, additionalProperties: false },
  example: {},
  places: ['gradient'],
  check: () => [],
  create: ({ tf }) => ({
    via: 'gradient',
    encode: () => ({}),
    logProb: (z) => tf.mul(tf.sum(tf.square(tf.sub(z, tf.tensor(${JSON.stringify([[embedding]])}))), [1, 2]), -0.5),
  }),
};
`;

describe('a run that decodes jointly', function () {
  this.timeout(60_000);

  const withModels = (use: (setup: Setup) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      await writeDecoder(join(folder, 'decoder'));
      const configOf: Setup['configOf'] = ({ decode, ...changes }) =>
        checkConfig('generate', {
          ...{
            model: join(folder, 'model'),
            device: 'onnx-cpu',
            sampler: { steps: 6 },
            batchSize: 4,
            output: join(folder, 'out'),
          },
          ...{
            decode:
              decode === 'argmax'
                ? { name: 'argmax' }
                : { name: 'joint', model: join(folder, 'decoder'), width: 3, ...(decode as object) },
          },
          ...changes,
        });
      const run: Run = async (changes, hooks = {}) => {
        const config = configOf(changes);
        const result = await generate(config, guidesWith({ modules: folder }), 'run.json', hooks);
        const path = join(config.output, 'samples.jsonl');
        return { ...result, lines: await readSamples(path), bytes: await readFile(path, 'utf8') };
      };
      await use({ folder, run, configOf });
    });

  it('obeys every hard fact: regular expressions, templates, words and lengths', () =>
    withModels(async ({ folder, run }) => {
      const word = fc.constantFrom('The', 'A', '(quiet|green)', '.', '.{1,2}', 'pond', '(heron sleeps|garden)', '(old)?');
      let count = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 3 }), fc.nat(1000), async (parts, seed) => {
          const guidance = [{ guide: 'regex', pattern: parts.join(' ') }];
          const { lines } = await run({ guidance, seed, samplesPerTarget: 2, output: join(folder, `regex-${count++}`) });
          for (const { tokens, guides, truncated } of lines) {
            expect(guides['regex']!.holds, `${parts.join(' ')}: ${tokens.join(' ')}`).to.equal(true);
            expect(truncated).to.equal(undefined);
          }
        }),
        { numRuns: 15 },
      );
      const targets = [
        { words: 6, template: 'The _ is ...' },
        { words: 4, template: ['_', 'pond', '...'] },
      ];
      const guidance = [
        { guide: 'length', length: { from: 'words' } },
        { guide: 'infill', template: { from: 'template' } },
      ];
      const { lines } = await run({ guidance, targets, samplesPerTarget: 3 });
      for (const { tokens, guides, target } of lines) {
        expect(tokens).to.have.length(target['words'] as number);
        expect(Object.values(guides).every(({ holds }) => holds)).to.equal(true);
      }
      const clauses = [{ any: [{ guide: 'words', all: ['pond', 'old'] }, { not: { guide: 'length', length: { min: 3 } } }] }];
      const either = await run({ guidance: clauses, samplesPerTarget: 6, output: join(folder, 'clauses') });
      for (const { tokens } of either.lines)
        expect((tokens.includes('pond') && tokens.includes('old')) || tokens.length < 3, tokens.join(' ')).to.equal(true);
    }));

  it('writes no UNK and no empty text that nobody asked for, and other texts than argmax', () =>
    withModels(async ({ folder, run }) => {
      const joint = await run({ samplesPerTarget: 12 });
      for (const { tokens } of joint.lines) {
        expect(tokens.length).to.be.above(0);
        expect(tokens).to.not.include(vocabulary.tokens[vocabulary.unk]);
      }
      const plain = await run({ samplesPerTarget: 12, decode: 'argmax', output: join(folder, 'argmax') }); // prettier-ignore
      expect(joint.lines.map(({ text }) => text)).to.not.deep.equal(plain.lines.map(({ text }) => text));
    }));

  it('is resumed to the same bytes, but not with another language model', () =>
    withModels(async ({ folder, run }) => {
      const job = { samplesPerTarget: 10 };
      const { bytes } = await run(job);
      const output = join(folder, 'stopped');
      const stop = new AbortController();
      const error = await run({ ...job, output }, { signal: stop.signal, onSamples: () => stop.abort() }).catch((reason: unknown) => reason); // prettier-ignore
      expect(error).to.be.instanceOf(Interrupted);
      const rest = await run({ ...job, output });
      expect([rest.made, rest.bytes]).to.deep.equal([6, bytes]);
      const { decoder } = JSON.parse(await readFile(join(output, 'run.json'), 'utf8')) as Manifest;
      expect(decoder!.path).to.equal(join(folder, 'decoder'));
      await writeDecoder(join(folder, 'decoder'), { seed: 2 });
      expect(await errorOf(run({ ...job, output }))).to.contain('/decoder: the language model of the decoder has changed');
    }));

  it('traces the steps up to the one at which the text is chosen, whose text it is', () =>
    withModels(async ({ folder, run }) => {
      const job = { samplesPerTarget: 5, decode: { at: 0.5 } };
      const plain = await run(job);
      const { folder: output, bytes, lines } = await run({ ...job, output: join(folder, 'traced') }, { trace: 5 });
      expect(bytes).to.equal(plain.bytes);
      for (const [i, { steps }] of (await readTraces(output)).entries()) {
        expect(steps.map(({ step }) => step)).to.deep.equal([0, 1, 2]);
        expect(steps.at(-1)!.tokens).to.deep.equal(lines[i]!.tokens);
        expect(steps.at(-1)!.entropy).to.have.length(lines[i]!.tokens.length);
      }
    }));

  it('leaves windows where they are in the whole run', () =>
    withModels(async ({ folder, run }) => {
      const clamped = (clamp: readonly number[] | false, at: number) =>
        run({
          samplesPerTarget: 4,
          sampler: { steps: 6, clamp },
          decode: { at },
          output: join(folder, `${String(clamp)} ${at}`),
        });
      expect((await clamped([0.5, 1], 0.5)).bytes, 'not reached').to.equal((await clamped(false, 0.5)).bytes);
      expect((await clamped([0, 0.5], 0.5)).bytes).to.not.equal((await clamped(false, 0.5)).bytes);
    }));

  it('chooses among candidates, and decodes each trajectory of a particle run', () =>
    withModels(async ({ folder, run }) => {
      const chosen = await run({ samplesPerTarget: 4, decode: { candidates: 4 } });
      expect(chosen.lines).to.have.length(4);
      const reward = join(folder, 'reward.mjs');
      await writeFile(reward, 'export default (text, tokens) => -4 * new Set(tokens).size;');
      const guidance = [{ guide: 'reward', module: reward }];
      const job = {
        guidance,
        particles: { count: 4, every: 1 },
        batchSize: 8,
        samplesPerTarget: 4,
        output: join(folder, 'particles'),
      };
      const { lines } = await run(job);
      for (const { tokens, guides } of lines) expect(guides['reward']!.logProb).to.equal(-4 * new Set(tokens).size);
      expect(await errorOf(run({ ...job, decode: { candidates: 2 }, output: join(folder, 'both') }))).to.contain(
        '/decode/candidates: expected 1, since the guide "reward" chooses',
      );
    }));

  it('samples further candidates only for texts that are not good enough, and resumes to the same bytes', () =>
    withModels(async ({ folder, run }) => {
      const job = { samplesPerTarget: 6, decode: { candidates: 3, enough: 0 } };
      const all = await run(job);
      expect(all.lines.map(({ chosen }) => chosen!.of)).to.deep.equal([3, 3, 3, 3, 3, 3]);
      const doubts = all.lines.map(({ chosen }) => -chosen!.score).sort((a, b) => a - b);
      const some = { ...job, decode: { candidates: 3, enough: doubts[2]! }, output: join(folder, 'some') };
      const { lines, bytes } = await run(some);
      expect(lines.filter(({ chosen }) => -chosen!.score <= doubts[2]!)).to.have.length.at.least(3);
      expect(new Set(lines.map(({ chosen }) => chosen!.of)).size, 'not all have as many').to.be.above(1);
      await writeFile(join(folder, 'some', 'samples.jsonl'), bytes.slice(0, bytes.indexOf('\n') + 20)); // killed while it wrote
      expect((await run(some)).bytes).to.equal(bytes);
      const first = await run({ ...job, decode: { candidates: 3, enough: 1000 }, output: join(folder, 'first') });
      expect(first.lines.every(({ chosen }) => chosen!.of === 1)).to.equal(true);
    }));

  it('repairs texts that are not good enough: later candidates keep more of the first one the less noise they get', () =>
    withModels(async ({ folder, run }) => {
      const job = { samplesPerTarget: 6, sampler: { steps: 12 } };
      const all = { candidates: 4, at: 1, weight: 0 };
      const first = await run({ ...job, decode: { ...all, enough: 1000 } });
      const kept = async (repair?: number) => {
        const output = join(folder, `repair-${repair}`);
        const decode = { ...all, enough: 0, ...(repair !== undefined && { repair }) };
        const { lines, bytes } = await run({ ...job, decode, output });
        lines.forEach(({ chosen, id }, t) => {
          expect(chosen!.of, id).to.equal(4);
          expect(chosen!.score, 'no worse than the first').to.be.at.least(first.lines[t]!.chosen!.score);
        });
        await writeFile(join(output, 'samples.jsonl'), bytes.slice(0, bytes.indexOf('\n') + 20)); // killed while it wrote
        expect((await run({ ...job, decode, output })).bytes, 'resumed').to.equal(bytes);
        const same = lines.map(({ tokens }, t) => tokens.filter((token, i) => first.lines[t]!.tokens[i] === token).length);
        return same.reduce((a, b) => a + b, 0);
      };
      expect(await kept(0.1)).to.be.above(await kept());
    }));

  it('lets gradient guides have a say in the words, if they have one', () =>
    withModels(async ({ folder, configOf }) => {
      const weights = tensorsOf(freshWeights(tinyConfig));
      const embeddings = denoiserOf(tinyConfig).embeddings(weights).arraySync() as number[][];
      await mkdir(join(folder, 'plugins'));
      await writeFile(join(folder, 'plugins', 'near.mjs'), nearGuide(embeddings[vocabulary.id('pond')!]!));
      const { guides } = await loadPlugins(join(folder, 'plugins'), guidesWith({}));
      const guidance = [{ guide: 'near', weight: 0.01 }];
      const nats = async (decode: object, output: string) => {
        const config = configOf({ samplesPerTarget: 8, guidance, decode, output: join(folder, output) });
        await generate(config, guides, 'run.json');
        const lines = await readSamples(join(config.output, 'samples.jsonl'));
        return lines.reduce((sum, { guides: { near } }) => sum + near!.logProb!, 0) / lines.length;
      };
      expect(await nats({ gradients: 100 }, 'heeded')).to.be.above(5 + (await nats({}, 'unheeded')));
      const alone = checkRun(configOf({ decode: { gradients: 2 } }), guidesWith({}), 'run.json');
      expect(await errorOf(alone)).to.contain('/decode/gradients: expected none in a run without a clause by `gradient`');
    }));

  it('is checked before it starts: the model, its length, its tokenizer, the steps of an edit', () =>
    withModels(async ({ folder, configOf }) => {
      const problem = (changes: Record<string, unknown>) => errorOf(checkRun(configOf(changes), guidesWith({}), 'run.json'));
      expect(await problem({ decode: { model: join(folder, 'none') } })).to.match(/\/decode\/model: .*none.*config\.json/);
      await writeDecoder(join(folder, 'short'), { maxTokens: 6 });
      expect(await problem({ decode: { model: join(folder, 'short') } })).to.contain(
        '/decode/model: ' + join(folder, 'short') + ': expected a language model for texts of 6 words or more',
      );
      await writeDecoder(join(folder, 'subword'), { of: await loadTokenizer('test/fixtures/tokenizers/wordpiece') });
      expect(await problem({ decode: { model: join(folder, 'subword') } })).to.match(
        /\/decode\/model: .*expected a word tokenizer/,
      );
      await writeDecoder(join(folder, 'broken'));
      await rm(join(folder, 'broken', 'model.safetensors'));
      expect(await problem({ decode: { model: join(folder, 'broken') } })).to.match(
        /\/decode\/model: .*broken.*model\.safetensors/,
      );
      const edit = { text: 'The pond is green .', noise: 0.2 };
      expect(await problem({ edit, decode: { at: 0.5 } })).to.contain('/decode/at: expected above 0.833');
      const repairs = { candidates: 3, enough: 5, repair: 0.8, at: 0.9 };
      expect(await problem({ edit, decode: repairs })).to.contain('/decode/repair: expected none in a run that edits texts');
      expect(await problem({ decode: { candidates: 3, repair: 0.8 } })).to.contain('/decode/repair: expected `enough`');
      expect(await problem({ decode: { ...repairs, at: 0.5, repair: 0.5 } })).to.contain(
        '/decode/repair: expected above 0.5, the share of the reverse steps that `at` leaves out, got 0.5',
      );
      const { output: _, ...of } = configOf({ sampler: { steps: 10 } });
      const branch = { of, text: '0-0', step: 4 };
      const ofBranch = (repair: number) =>
        checkRun(configOf({ sampler: { steps: 10 }, branch, decode: { ...repairs, repair } }), guidesWith({}), 'run.json');
      expect(await errorOf(ofBranch(0.6))).to.contain(
        '/decode/repair: expected at most 0.5, the share of the reverse steps after step 4',
      );
      expect((await ofBranch(0.5)).config.decode).to.include({ repair: 0.5 });
      expect((await checkRun(configOf({ edit, decode: { at: 0.9 } }), guidesWith({}), 'run.json')).config.decode.name).to.equal(
        'joint',
      );
    }));
});
