import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkTraining, checkTrainingData } from '../../lib/train/denoiser/index.js';
import { errorOf } from '../text/helpers.js';
import { tinyConfig, tinyPaperConfig, withFolder, writeTinyModel } from '../tiny-model.js';

/** 200 rows of five words and one of 29, which 99 % of the rows need no room for. */
const CORPUS = `${'The old heron waits .\n'.repeat(200)}${'The heron waits '.repeat(10)}\n`.replace(/ \n/g, '\n');

const withCorpus = (use: (folder: string) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'rows.txt'), CORPUS);
    await use(folder);
  });

const raw = { output: 'out', data: { file: 'rows.txt' } };

describe('the sizes of a training', () => {
  it('follow from the corpus if asked for, except for those that the config gives', () =>
    withCorpus(async (folder) => {
      const { config, chosen } = await checkTraining({ ...raw, preset: 'auto', model: { layers: 7 } }, folder);
      expect(chosen!.corpus).to.deep.equal({ rows: 201, tokens: 1030, longest: 5 });
      expect(config.model).to.include({ maxTokens: 8, layers: 7, width: 128, heads: 4, feedForward: 512 });
      expect(config.tokenizer).to.deep.equal({ name: 'words', minCount: 1 });
      expect(config.optimizer.steps).to.equal(800);
      expect(config.validation).to.deep.include({ everySteps: 80, patience: 3 });
      const set = await checkTraining({ ...raw, preset: 'auto' }, folder, { set: ['optimizer.steps=5'] });
      expect(set.config.optimizer.steps).to.equal(5);
      const plain = await checkTraining(raw, folder);
      expect(plain.chosen).to.equal(undefined);
      expect(plain.config.validation.patience).to.equal(undefined);
    }));

  it('follow from the base of a fine-tuning, with lower learning rates and an early stop', () =>
    withCorpus(async (folder) => {
      await writeTinyModel(join(folder, 'base'), { ...tinyConfig, maxTokens: 6 });
      const value = { ...raw, from: join(folder, 'base') };
      const { config } = await checkTraining(value, folder);
      const { embeddingWidth, layers, width, heads, feedForward } = tinyConfig;
      expect(config.model).to.include({ embeddingWidth, layers, width, heads, feedForward, maxTokens: 8 });
      expect(config.optimizer).to.include({ steps: 126, peakLearningRate: 3e-4, layerDecay: 0.8 });
      expect(config.validation.patience).to.equal(3);
      expect((await checkTrainingData(config, folder)).tokenizer.vocabulary.tokens).to.include.members(['heron', 'pond']);
    }));

  it('leave out words of the base that the corpus lacks if asked, and rows that a filter does not select', () =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'base'));
      await writeFile(join(folder, 'rows.csv'), 'text,of\nThe heron waits,a\nThe stork waits,a\nA garden,b\n');
      await writeFile(join(folder, 'held.csv'), 'text,of\nA heron,b\nThe heron,a\n');
      const data = { file: 'rows.csv', column: 'text', validation: 'held.csv', where: { of: 'a' } };
      const value = { ...raw, data, from: join(folder, 'base'), tokenizer: { name: 'words', minCount: 2, baseWords: 'seen' } };
      const { config, chosen } = await checkTraining(value, folder);
      expect(chosen!.corpus.rows).to.equal(2);
      const read = await checkTrainingData(config, folder);
      expect(read.tokenizer.vocabulary.tokens.slice(4).sort()).to.deep.equal(['The', 'heron', 'waits']);
      expect(read.validationRows).to.deep.equal([['The', 'heron']]);
    }));

  it('are compared with the base, and everything that is wrong is reported at once', () =>
    withCorpus(async (folder) => {
      const from = join(folder, 'base');
      await writeTinyModel(from);
      const { config } = await checkTraining({ ...raw, from, model: { width: 32, layers: 1 } }, folder);
      expect(await errorOf(checkTrainingData(config, folder))).to.match(
        /\/model\/width: expected 16[^]*\/model\/layers: expected at least/,
      );
      await writeTinyModel(from, tinyPaperConfig);
      const paper = await checkTraining({ ...raw, from }, folder);
      expect(await errorOf(checkTrainingData(paper.config, folder))).to.contain(
        '/from: expected a model of the recipe score-interpolation, found paper',
      );
      const wrong = { ...raw, from, seed: 'x', data: { file: 'none.txt' } };
      expect(await errorOf(checkTraining(wrong, folder))).to.match(/\/seed: [^]*none\.txt: no such file/);
      await writeFile(join(folder, 'rows.txt'), '\n\n');
      expect(await errorOf(checkTraining({ ...raw, preset: 'auto' }, folder))).to.contain('the corpus is empty');
    }));
});
