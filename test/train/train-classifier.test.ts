import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { join } from 'node:path';
import { keyOf, permutation, split } from '../../lib/base/random.js';
import { tokenCrossEntropy } from '../../lib/diffusion/objectives.js';
import { sqrtAlphaBar } from '../../lib/diffusion/schedule.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { Tensors } from '../../lib/engine/types.js';
import { denoiserOf } from '../../lib/model/checkpoint/checkpoint.js';
import { linear, linearParams } from '../../lib/model/layers.js';
import { trainClassifier } from '../../lib/train/guides/train-classifier.js';
import type { LogLine } from '../../lib/train/log.js';
import { floats, freshWeights, tensorsOf, tinyConfig, withFolder } from '../tiny-model.js';

const config = { ...tinyConfig, layers: 1 };
const { vocabularySize, maxTokens, embeddingWidth } = config;

describe('training of a classifier', () => {
  for (const input of ['noisy', 'predicted-x0'] as const) {
    it(`learns the class of each token from ${input} latents, best at low noise`, () =>
      withFolder(async (folder) => {
        const device = await openDevice('onnx-cpu', { threads: 1 });
        const denoiser = denoiserOf(config);
        const weights = freshWeights(config);
        const table = denoiser.embeddings(tensorsOf(weights));
        const rows = Array.from({ length: 40 }, (_, i) => {
          const ids = permutation(split(keyOf(1), i), vocabularySize).slice(0, maxTokens);
          return { ids, labels: { tags: { dtype: 'int32' as const, shape: [maxTokens], data: ids.map((id) => id % 3) } } };
        });
        const saved: string[][] = [];
        const lines: LogLine[] = [];
        const job = {
          folder: join(folder, 'run'),
          device,
          size: { vocabularySize, maxTokens, embeddingWidth, layers: 1, width: 16, heads: 2, timeUnit: 1 },
          denoiser,
          denoiserWeights: weights,
          start: async () => ({ tokens: floats(table.shape, table.dataSync()) }),
          input,
          temperature: 0.7,
          levelAt: (share: number) => ({ time: share, alphaBar: sqrtAlphaBar(share) }),
          outputs: linearParams('tag', 16, 3),
          loss: (states: Tensor, { tags }: Tensors, w: Tensors) => tf.mean(tokenCrossEntropy(linear(w, 'tag', states), tags!)),
          rows: rows.slice(8),
          validationRows: rows.slice(0, 8),
          optimizer: {
            ...{ steps: 100, batchSize: 8, peakLearningRate: 0.02, warmupSteps: 10, betas: [0.9, 0.99] as const },
            ...{ weightDecay: 0, clipNorm: 1, emaDecay: 0.9 },
          },
          ...{ seed: 1, fingerprint: 'toy', checkpointMinutes: 1e9, measureEvery: 100 },
          saveModel: async (tensors: Record<string, unknown>) => void saved.push(Object.keys(tensors)),
        };
        expect(await trainClassifier(job, { onMeasure: (line) => void lines.push(line) })).to.equal(true);
        const at = lines.at(-1)!['validation'] as Record<string, number>;
        // Guessing costs log 3 = 1.1 nats per token.
        expect(at['time 0']).to.be.below(0.8);
        expect(at['time 0']).to.be.below(at['time 0.4']!).and.below(at['time 0.95']!);
        expect(at['time 0.95']).to.be.above(0.8);
        expect(saved.at(-1)).to.include.members(['tag.weight', 'tokens', 'lookup']);
        await device.dispose();
      })).timeout(20_000);
  }
});
