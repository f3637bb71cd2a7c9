import { expect } from 'chai';
import { ddimSteps } from '../../lib/diffusion/reverse-steps.js';
import { discreteLevels } from '../../lib/diffusion/schedule.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { Device, HostTensor, HostTensors } from '../../lib/engine/types.js';
import { paperDenoiser } from '../../lib/model/denoiser/paper.js';
import type { SampleBatch } from '../../lib/sampler/batch.js';
import type { LatentGuide } from '../../lib/sampler/graph.js';
import { type RunStep, runSteps } from '../../lib/sampler/observer.js';
import { createSampler } from '../../lib/sampler/sample.js';
import { createStepRunner } from '../../lib/sampler/step-runner.js';
import { relativeError } from '../fixtures/original/close.js';
import { loadOriginal, type Original, slice } from '../fixtures/original/index.js';
import { floats } from '../tiny-model.js';

const KEY = 'ddim_guided_10';

/** The guide of the fixture: a linear classifier of each token; log p of a row is the mean over its tokens. */
const guideOf = (original: Original): LatentGuide => ({
  guide: {
    via: 'gradient',
    encode: () => ({ target: targetOf(original) }),
    logProb(z, _state, { target }, { w }) {
      const [b, l, d] = z.shape as [number, number, number];
      const logits = tf.matMul(tf.reshape(z, [b * l, d]), w as never); // [B * L, classes]
      const chosen = tf.mul(tf.logSoftmax(logits as never), tf.oneHot(tf.reshape(target!, [-1]) as never, w!.shape[1]!));
      return tf.mean(tf.reshape(tf.sum(chosen, -1), [b, l]), 1); // [B]
    },
  },
  weights: { w: original.output('guide.w') },
  window: [0, 0.6], // t of the ten steps down to 4
});

const targetOf = (original: Original): HostTensor => {
  const { shape, data } = original.output('guide.target');
  return { dtype: 'int32', shape, data: Int32Array.from(data) };
};

for (const name of ['tfjs-cpu', 'onnx-cpu'] as const) {
  describe(`steering like the original, on ${name}`, () => {
    let device: Device;
    let original: Original;
    before(async () => {
      device = await openDevice(name, { threads: 1 });
      original = await loadOriginal();
    });
    after(() => device.dispose());

    function setup() {
      const { size, weights, meta, output } = original;
      const { coef, lr, K } = meta.guide;
      const rows = output(`${KEY}.start`).shape[0]!;
      return {
        denoiser: paperDenoiser(size),
        weights,
        guides: [guideOf(original)],
        steps: ddimSteps(discreteLevels('sqrt', meta.T, 10, 'stride'), 1),
        size: { rows, maxTokens: size.maxTokens, embeddingWidth: size.embeddingWidth, vocabularySize: size.vocabularySize },
        steering: { inner: K, step: lr, momentum: 0, scale: 'sign', floor: 0, prior: coef } as const,
        temperature: 1,
        clamp: false as const,
      };
    }
    const inputs = (): HostTensors => ({ target: targetOf(original), weight: floats([], [1]) });

    const batchOf = (guided: boolean): SampleBatch => {
      const { size } = setup();
      const noises = original.output(`${KEY}.noises`);
      return {
        start: original.output(`${KEY}.start`).data as Float32Array,
        noiseAt: (k) => slice(noises, k).data as Float32Array,
        factors: new Float32Array(size.rows * size.maxTokens * size.vocabularySize),
        guideInputs: guided ? [inputs()] : [],
      };
    };

    it('matches each step by itself: guided up to 0.6 of the way, then unguided', async () => {
      const steps = runSteps(setup().steps);
      const run = createStepRunner(device, setup()).begin(batchOf(true));
      const trajectory = original.output(`${KEY}.trajectory`);
      for (const step of name === 'tfjs-cpu' ? [0, 5, 6].map((k) => steps[k]!) : steps) {
        const x = step.step === 0 ? run.start.x : slice(trajectory, step.step - 1);
        const drawn: RunStep = { ...step, isLast: false }; // so that the last step draws latents too
        const { next } = await run.draw(drawn, run.inputs(drawn, { x, previousX0: x }, {}), {});
        // The sign of a gradient near zero is not continuous: the original's own eps leaves 6e-5 there.
        expect(relativeError(next!.x.data, slice(trajectory, step.step).data), `step ${step.step}`).to.be.at.most(2e-4);
      }
      run.dispose();
    }).timeout(20_000);

    it('ends a whole run in the same tokens, and in others without the guide', async () => {
      const { size, ...rest } = setup();
      const tokensOf = async (guided: boolean) => {
        const sampler = createSampler(device, { size, ...rest, guides: guided ? rest.guides : [] });
        const probs = await sampler.sample(batchOf(guided));
        const positions = size.rows * size.maxTokens;
        const rowAt = (i: number) => probs.subarray(i * size.vocabularySize, (i + 1) * size.vocabularySize);
        return Array.from({ length: positions }, (_, i) => rowAt(i).indexOf(Math.max(...rowAt(i))));
      };
      const expected = [...original.output(`${KEY}.ids`).data];
      expect(await tokensOf(true)).to.deep.equal(expected);
      if (name === 'onnx-cpu') expect(await tokensOf(false)).to.not.deep.equal(expected);
    }).timeout(20_000);
  });
}
