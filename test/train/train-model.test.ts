import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import { trainModel } from '../../lib/train/denoiser/train-model.js';
import { readTrainingData } from '../../lib/train/training-data.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

describe('training a model', function () {
  this.timeout(30_000); // compiles two graphs

  it('does not change the config of a run if another one is refused', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'pond.txt'), 'A heron waits .\nThe pond is old .\n'.repeat(10));
      const configOf = (seed: number) =>
        checkConfig('train', {
          ...{ name: 'pond', output: join(folder, 'run'), device: 'onnx-cpu', seed },
          data: { file: 'pond.txt' },
          tokenizer: { name: 'words', minCount: 1 },
          model: { maxTokens: 8, embeddingWidth: 4, layers: 1, width: 8, heads: 2, feedForward: 16 },
          optimizer: { steps: 2, batchSize: 2, warmupSteps: 1 },
          samples: { count: 0 },
        });
      const files = () =>
        Promise.all(['train.json', 'log.jsonl', 'model/config.json'].map((name) => readFile(join(folder, 'run', name), 'utf8')));
      await trainModel(configOf(1), folder);
      const before = await files();
      expect(JSON.parse(before[0]!)).to.deep.include({ name: 'pond', seed: 1 });
      expect(await errorOf(trainModel(configOf(2), folder))).to.contain('started with another config or other data');
      expect(await files()).to.deep.equal(before);
    }));

  it('knows the names that augmentation swaps in, which the corpus lacks', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'pond.txt'), 'Anna feeds the heron .\nThe heron waits for Anna .\n');
      await writeFile(join(folder, 'names.txt'), 'Anna\nMary Ann\n');
      const config = checkConfig('train', {
        ...{ output: join(folder, 'run'), data: { file: 'pond.txt' }, tokenizer: { name: 'words', minCount: 2 } },
        augmentation: { names: { path: join(folder, 'names.txt'), share: 0.5 } },
      });
      const { tokenizer } = await readTrainingData(config, folder);
      expect(tokenizer.vocabulary.tokens).to.include.members(['Anna', 'Mary', 'Ann']).and.to.not.include('feeds');
    }));
});
