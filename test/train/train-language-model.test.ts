import { expect } from 'chai';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '../../lib/config/index.js';
import { openDevice } from '../../lib/engine/index.js';
import { languageModelOf, loadLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { trainJudge } from '../../lib/train/judges/train-judge.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

const configIn = (folder: string, changes: object = {}) =>
  checkConfig('train-judge', {
    judge: 'language-model',
    corpus: { file: 'garden.txt', column: 'text' },
    output: join(folder, 'run'),
    model: join(folder, 'model'),
    network: { layers: 1, width: 16, heads: 2 },
    optimizer: { steps: 40, batchSize: 8, warmupSteps: 4, peakLearningRate: 0.01, emaDecay: 0.8 },
    device: 'onnx-cpu',
    ...changes,
  });

/** Returns the lines of the log with a measurement. */
async function measured(folder: string): Promise<{ step: number; nats: number }[]> {
  const lines = (await readFile(join(folder, 'run', 'log.jsonl'), 'utf8')).trim().split('\n');
  return lines.flatMap((line) => {
    const { step, validation } = JSON.parse(line) as { step: number; validation?: Record<string, number> };
    return validation ? [{ step, nats: validation['held out']! }] : [];
  });
}

describe('training a language model by a config', function () {
  this.timeout(20_000);

  let shared: string;
  let trained: Awaited<ReturnType<typeof trainJudge>>;
  before(async () => {
    shared = await mkdtemp(join(tmpdir(), 'diffusteer-lm-'));
    trained = await trainJudge(configIn(shared), 'test/smoke');
  });
  after(() => rm(shared, { recursive: true }));

  it('writes the weights with the lowest held-out cost', async () => {
    const config = configIn(shared);
    expect(trained).to.deep.equal({ folder: config.model, trained: true });
    const lines = await measured(shared);
    const best = lines.reduce((a, b) => (b.nats < a.nats ? b : a));
    const checkpoint = await loadLanguageModel(config.model);
    expect(lines.length).to.equal(10);
    expect(best.nats).to.be.below(lines[0]!.nats - 1);
    expect(checkpoint.config.heldOut).to.include({ natsPerToken: best.nats, step: best.step });

    const device = await openDevice('onnx-cpu');
    const model = languageModelOf(device, checkpoint);
    const text = 'The old gardener waters a small pond before dinner.';
    const words = checkpoint.tokenizer.tokenize(text);
    const [right, wrong] = await model.nats([words, words.toReversed()]);
    expect(right!.nats).to.be.below(wrong!.nats - 3);
    await device.dispose();
  });

  it('continues from another model with its words first, and starts where that one ended', () =>
    withFolder(async (folder) => {
      const base = configIn(shared);
      await writeFile(join(folder, 'more.txt'), 'The gardener mulches the pond.\n'.repeat(12));
      const few = { steps: 1, batchSize: 4, warmupSteps: 0, peakLearningRate: 1e-6, emaDecay: 0 };
      const own = { output: join(folder, 'run2'), model: join(folder, 'model2'), optimizer: few, vocabulary: { minCount: 1 } };
      const corpus = { file: 'more.txt', column: 'text' };
      const continued = configIn(folder, { ...own, corpus, from: base.model });
      await trainJudge(continued, folder);
      const [before, after] = [await loadLanguageModel(base.model), await loadLanguageModel(continued.model)];
      const known = before.tokenizer.vocabulary.tokens;
      expect(after.tokenizer.vocabulary.tokens.slice(0, known.length)).to.deep.equal(known);
      expect(after.tokenizer.vocabulary.id('mulches')).to.be.at.least(known.length);
      const device = await openDevice('onnx-cpu');
      const text = after.tokenizer.tokenize('The old gardener waters a small pond before dinner.');
      const costs = [];
      for (const model of [before, after]) costs.push((await languageModelOf(device, model).nats([text]))[0]!.nats);
      await device.dispose();
      expect(Math.abs(costs[0]! - costs[1]!)).to.be.below(0.1 * text.length); // the new words take a little of the probability

      const wide = configIn(folder, { ...own, corpus, from: base.model, network: { layers: 1, width: 32, heads: 4 } });
      const refused = await errorOf(trainJudge({ ...wide, output: join(folder, 'run3') }, folder));
      expect(refused).to.contain('/network/width: expected 16').and.contain('/network/heads: expected 2');
    }));

  it('holds out a twentieth of the texts, whose words it does not learn', () =>
    withFolder(async (folder) => {
      const rows = Array.from(
        { length: 60 },
        (_, i) => `the pond number${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))} .`,
      );
      await writeFile(join(folder, 'rows.txt'), rows.join('\n'));
      const optimizer = { steps: 1, batchSize: 2, warmupSteps: 1 };
      const config = configIn(folder, { corpus: { file: 'rows.txt', column: 'text' }, vocabulary: { minCount: 1 }, optimizer });
      await trainJudge(config, folder);
      const { tokenizer } = await loadLanguageModel(config.model);
      expect(tokenizer.vocabulary.size).to.equal(4 + 3 + 57); // special tokens, common words, one word of each of 57 texts
    }));

  it('refuses a folder with files of different models, by name', () =>
    withFolder(async (folder) => {
      const config = configIn(folder);
      await cp(configIn(shared).model, config.model, { recursive: true });
      const path = join(config.model, 'config.json');
      const about = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
      const refused = async (changes: object): Promise<string> => {
        await writeFile(path, JSON.stringify({ ...about, ...changes }));
        return errorOf(loadLanguageModel(config.model));
      };
      expect(await refused({ width: 32 }))
        .to.contain('model.safetensors')
        .and.contain('/embedding: expected a tensor of shape');
      expect(await refused({ layers: 0 })).to.contain('/layers');
      expect(await refused({ format: 'diffusteer' })).to.contain('/format: expected "diffusteer-language-model"');
      await rm(path);
      expect(await errorOf(loadLanguageModel(config.model))).to.contain('config.json');
    }));

  it('says what a corpus must contain', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'one.txt'), 'A single text.\n');
      const config = configIn(folder, { corpus: { file: 'one.txt', column: 'text' } });
      expect(await errorOf(trainJudge(config, folder)))
        .to.contain('one.txt')
        .and.contain('found 0 and 1');
      const { corpus: _corpus, ...none } = configIn(folder);
      expect(await errorOf(trainJudge(none, folder))).to.contain('/corpus: the judge "language-model" is trained on corpus');
    }));
});
