import { expect } from 'chai';
import { keyOf, normal } from '../../lib/base/random.js';
import { ddpmSteps } from '../../lib/diffusion/reverse-steps.js';
import { discreteLevels } from '../../lib/diffusion/schedule.js';
import { openDevice } from '../../lib/engine/index.js';
import { paperDenoiser } from '../../lib/model/denoiser/paper.js';
import { runSteps } from '../../lib/sampler/observer.js';
import { createStepRunner } from '../../lib/sampler/step-runner.js';
import { freshWeights, tinyPaperConfig } from '../tiny-model.js';

describe('fixed tokens with a network that predicts x_0 itself', () => {
  it('are written into predicted x_0, and leave the other positions to the network', async () => {
    const device = await openDevice('onnx-cpu', { threads: 1 });
    const { maxTokens, embeddingWidth, vocabularySize } = tinyPaperConfig;
    const weights = freshWeights(tinyPaperConfig);
    const size = { rows: 2, maxTokens, embeddingWidth, vocabularySize };
    const steps = ddpmSteps(discreteLevels('sqrt', 40));
    const runner = createStepRunner(device, {
      ...{ denoiser: paperDenoiser(tinyPaperConfig), weights, size, steps, guides: [] },
      ...{ temperature: 1, clamp: false, steering: { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 } },
    });
    const count = 2 * maxTokens * embeddingWidth;

    async function x0Of(fixedAt: readonly [row: number, position: number, token: number][]): Promise<Float32Array> {
      const factors = new Float32Array(2 * maxTokens * vocabularySize);
      for (const [row, position, token] of fixedAt) {
        const at = row * maxTokens + position;
        factors.fill(-Infinity, at * vocabularySize, (at + 1) * vocabularySize);
        factors[at * vocabularySize + token] = 0;
      }
      const noiseAt = () => normal(keyOf(2), count);
      const run = runner.begin({ start: normal(keyOf(1), count), noiseAt, factors, guideInputs: [] });
      const [first] = runSteps(steps);
      const { next } = await run.draw(first!, run.inputs(first!, run.start, {}), {});
      run.dispose();
      return next!.previousX0.data as Float32Array;
    }

    const free = await x0Of([]);
    const some = await x0Of([
      [0, 2, 5],
      [1, 7, 3],
    ]);
    const table = weights['word_embedding.weight']!.data;
    for (let row = 0; row < 2; row++)
      for (let position = 0; position < maxTokens; position++) {
        const token = row === 0 && position === 2 ? 5 : row === 1 && position === 7 ? 3 : undefined;
        for (let d = 0; d < embeddingWidth; d++) {
          const at = (row * maxTokens + position) * embeddingWidth + d;
          const expected = token === undefined ? free[at]! : table[token * embeddingWidth + d]!;
          expect(some[at], `row ${row}, position ${position}`).to.be.closeTo(expected, 1e-5);
        }
      }
    await device.dispose();
  });
});
