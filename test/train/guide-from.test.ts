import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { keyOf, normal } from '../../lib/base/random.js';
import { openDevice } from '../../lib/engine/index.js';
import type { HostTensors } from '../../lib/engine/types.js';
import { denoiserOf, loadCheckpoint, saveCheckpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { saveGuideCheckpoint } from '../../lib/model/checkpoint/guide-checkpoint.js';
import { readSafetensors } from '../../lib/model/checkpoint/safetensors.js';
import { classifierParams, classifierSizeOf } from '../../lib/model/denoiser/noisy-encoder.js';
import { initialParameters } from '../../lib/model/parameters.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { wordTokenizer } from '../../lib/text/word-tokenizer.js';
import { continueFrom } from '../../lib/train/denoiser/continue-from.js';
import { openBaseGuide } from '../../lib/train/guides/base-guide.js';
import { classifierStart } from '../../lib/train/guides/guide-start.js';
import { checkGuideToTrain, checkGuideTraining, trainGuide } from '../../lib/train/guides/index.js';
import { floats, tinyConfig, tinyPaperConfig, vocabulary, withFolder, writeTinyModel } from '../tiny-model.js';

const network = { layers: 1, width: 16, heads: 2 };
const size = classifierSizeOf(tinyConfig, network);
const outputsOf = (labels: number) => builtInGuides.get('classify')!.classifier!.outputs(16, Array<string>(labels).fill(''));

/** A model in FOLDER/base with a classifier of the labels pond and wood. */
async function writeBase(folder: string): Promise<HostTensors> {
  await writeTinyModel(join(folder, 'base'));
  const tensors = initialParameters([...classifierParams(size), ...outputsOf(2)], keyOf(7));
  const { hash } = await loadCheckpoint(join(folder, 'base'));
  const about = { format: 'diffusteer-guide', version: 1, guide: 'classify', via: 'gradient', denoiser: hash } as const;
  const config = { ...about, classes: ['pond', 'wood'], network };
  await saveGuideCheckpoint(join(folder, 'base/guides/classify-gradient'), { config, tensors }, { float16: false });
  return tensors;
}

/** A model in FOLDER/own, continued from the base: its words have other ids, there is a new one, and all embeddings moved a little. */
async function writeOwn(folder: string): Promise<void> {
  const words = vocabularyOf(['stork', ...vocabulary.tokens]);
  const config = { ...tinyConfig, vocabularySize: words.size, maxTokens: tinyConfig.maxTokens + 2 };
  const { parameters } = denoiserOf(config);
  const base = await loadCheckpoint(join(folder, 'base'));
  const weights = { ...continueFrom(base, { config, parameters, vocabulary: words, rows: [], key: keyOf(9) }) };
  const { data, shape } = weights['embedding']!;
  const moves = normal(keyOf(10), data.length);
  weights['embedding'] = floats(
    shape,
    [...data].map((value, i) => value + 0.05 * moves[i]!),
  );
  await saveCheckpoint(join(folder, 'own'), { config, tokenizer: wordTokenizer(words), weights }, { float16: false });
}

async function started(folder: string, model: string, classes: readonly string[]): Promise<HostTensors> {
  const checkpoint = await loadCheckpoint(join(folder, model));
  const base = await openBaseGuide({ from: join(folder, 'base'), guide: 'classify', via: 'gradient' });
  const device = await openDevice('onnx-cpu', { threads: 1 });
  const rows = [['The', 'heron', 'waits'], ['The', 'stork', 'waits']]; // prettier-ignore
  const learned = { guide: 'classify', classes, rows, seed: 1, base, outputs: outputsOf(classes.length) };
  const weights = await classifierStart(checkpoint, { ...learned, size: classifierSizeOf(checkpoint.config, network) }, device);
  await device.dispose();
  return weights;
}

const rowOf = (tensors: HostTensors, name: string, row: number): number[] => {
  const table = tensors[name];
  const width = table!.data.length / table!.shape[0]!;
  return [...table!.data.subarray(row * width, (row + 1) * width)];
};

const configOf = (folder: string, rest: Record<string, unknown>) => ({
  ...{ guide: 'classify', model: join(folder, 'own'), from: join(folder, 'base'), output: join(folder, 'run') },
  ...{ corpus: { file: 'rows.csv', column: 'text' }, device: 'onnx-cpu', ...rest },
});

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as Error).message,
  );

describe('a guide that is trained from a trained one', () => {
  it('starts from the very weights of its base with the same denoiser and classes', () =>
    withFolder(async (folder) => {
      const base = await writeBase(folder);
      const weights = await started(folder, 'base', ['pond', 'wood']);
      expect(Object.keys(weights)).to.have.members(Object.keys(base));
      for (const [name, { data }] of Object.entries(base)) expect(weights[name]!.data, name).to.deep.equal(data);
    }));

  it('finds words and classes by name in a denoiser with others, and moves the embeddings along with the denoiser', () =>
    withFolder(async (folder) => {
      const base = await writeBase(folder);
      await writeOwn(folder);
      const weights = await started(folder, 'own', ['lake', 'pond', 'wood']);
      const words = (await loadCheckpoint(join(folder, 'own'))).tokenizer.vocabulary;
      const [own, its] = [words.id('heron')!, vocabulary.id('heron')!];
      expect(own).to.not.equal(its);
      expect(rowOf(weights, 'lookup', own)).to.deep.equal(rowOf(base, 'lookup', its));
      const column = (tensors: HostTensors, at: number, count: number) =>
        [...tensors['pooled.weight']!.data].filter((_, i) => i % count === at);
      expect(column(weights, 1, 3)).to.deep.equal(column(base, 0, 2));
      expect(column(weights, 2, 3)).to.deep.equal(column(base, 1, 2));
      // The new class starts near 0, so that its logits do not drown the others'. At full size the largest would be about 0.5.
      expect(Math.max(...column(weights, 0, 3).map(Math.abs))).to.be.within(1e-4, 0.015);
      expect(weights['block0.qkv.weight']!.data).to.deep.equal(base['block0.qkv.weight']!.data);

      const embedding = async (model: string, id: number) => {
        const { weights: all } = await loadCheckpoint(join(folder, model));
        const row = rowOf(all, 'embedding', id);
        const norm = Math.hypot(...row);
        return row.map((value) => (2 * value) / norm); // of norm sqrt(D)
      };
      const [now, before] = [await embedding('own', own), await embedding('base', its)];
      const learned = rowOf(base, 'tokens', its);
      rowOf(weights, 'tokens', own).forEach((value, i) => expect(value).to.be.closeTo(learned[i]! + now[i]! - before[i]!, 1e-5));
      const stork = words.id('stork')!;
      const fresh = await embedding('own', stork);
      rowOf(weights, 'tokens', stork).forEach((value, i) => expect(value).to.be.closeTo(fresh[i]!, 1e-5));
    }));

  it('gets its sizes from the base, and names all that must agree', () =>
    withFolder(async (folder) => {
      await writeBase(folder);
      await writeOwn(folder);
      const config = await checkGuideTraining(configOf(folder, { optimizer: { steps: 3 } }));
      expect(config.network).to.deep.equal(network);
      expect(config.optimizer.steps).to.equal(3);
      expect(config.optimizer.peakLearningRate).to.be.below(1e-3);
      const refused = async (rest: Record<string, unknown>) =>
        messageOf(
          checkGuideTraining(configOf(folder, rest)).then((checked) => checkGuideToTrain(checked, builtInGuides, 'x.json')),
        );
      expect(await refused({})).to.equal('no error');
      expect(await refused({ network: { width: 32, heads: 4 } })).to.match(
        /\/network\/width: expected 16[^]*\/network\/heads: expected 2/,
      );
      expect(await refused({ model: join(folder, 'base') })).to.contain('/from: expected another folder');
      expect(await refused({ via: 'posterior' })).to.contain('/from: expected no `from`');
      expect(await refused({ via: 'x0-gradient' })).to.contain('it has classify-gradient');
      expect(await refused({ from: join(folder, 'none'), seed: 'x' })).to.match(/\/seed: [^]*\/from: .*no such file/);
      await writeTinyModel(join(folder, 'own'), { ...tinyPaperConfig, embeddingWidth: 6 });
      expect(await refused({})).to.match(/recipe paper[^]*embeddingWidth 6/);
    }));

  it('is saved with what its base knows, though the words of its denoiser lie elsewhere', () =>
    withFolder(async (folder) => {
      const base = await writeBase(folder);
      await writeOwn(folder);
      await writeFile(join(folder, 'rows.csv'), `text,label\n${'The heron waits,pond\nA garden,wood\n'.repeat(3)}`);
      const optimizer = { steps: 1, batchSize: 2, peakLearningRate: 1e-6 };
      await trainGuide(await checkGuideTraining(configOf(folder, { optimizer })), folder, builtInGuides);
      const own = join(folder, 'own');
      const { tensors } = await readSafetensors(join(own, 'guides/classify-gradient/model.safetensors'));
      const id = (await loadCheckpoint(own)).tokenizer.vocabulary.id('heron')!;
      rowOf(base, 'lookup', vocabulary.id('heron')!).forEach((value, i) =>
        expect(rowOf(tensors, 'lookup', id)[i]).to.be.closeTo(value, 2e-3),
      );
      expect(tensors['pooled.weight']!.data[0]).to.be.closeTo(base['pooled.weight']!.data[0]!, 2e-3);
    })).timeout(60_000);
});
