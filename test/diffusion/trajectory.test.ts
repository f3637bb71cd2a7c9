import { expect } from 'chai';
import { ddimSteps, ddpmSteps, type ReverseStep } from '../../lib/diffusion/reverse-steps.js';
import { discreteLevels } from '../../lib/diffusion/schedule.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { Device, GraphFunction, HostTensor } from '../../lib/engine/types.js';
import { paperDenoiser } from '../../lib/model/denoiser/paper.js';
import type { SampleBatch, SamplerSetup } from '../../lib/sampler/batch.js';
import { type RunStep, runSteps } from '../../lib/sampler/observer.js';
import { createSampler } from '../../lib/sampler/sample.js';
import { createStepRunner } from '../../lib/sampler/step-runner.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, type Original, slice } from '../fixtures/original/index.js';

/** The sampler's reverse process against the original's. Clamping is not continuous: its whole run is compared by its tokens only. */
for (const name of ['tfjs-cpu', 'onnx-cpu'] as const) {
  describe(`reverse process on ${name}`, () => {
    let device: Device;
    let original: Original;
    before(async () => {
      device = await openDevice(name, { threads: 1 });
      original = await loadOriginal();
    });
    after(() => device.dispose());

    interface Run {
      readonly key: string;
      readonly setup: SamplerSetup;
      readonly batch: SampleBatch;
    }

    function prepare(key: string, steps: readonly ReverseStep[], clamped: boolean): Run {
      const { size, weights } = original;
      const { maxTokens, embeddingWidth, vocabularySize } = size;
      const rows = original.output('x').shape[0]!;
      const noises = original.output(`${key}.noises`);
      expect(steps.length).to.equal(noises.shape[0]);
      const setup: SamplerSetup = {
        denoiser: paperDenoiser(size),
        weights,
        size: { rows, maxTokens, embeddingWidth, vocabularySize },
        steps,
        temperature: 1,
        clamp: clamped && [0, 1],
        steering: { inner: 1, step: 0, momentum: 0, scale: 'none', floor: 0, prior: 0 },
        guides: [],
      };
      const batch: SampleBatch = {
        start: original.output(`${key}.start`).data as Float32Array,
        noiseAt: (step) => slice(noises, step).data as Float32Array,
        factors: new Float32Array(rows * maxTokens * vocabularySize),
        guideInputs: [],
      };
      return { key, setup, batch };
    }

    /** Calls `check` with the latents after each step, and takes from it the latents before the next one. */
    async function walk({ setup, batch }: Run, check: (after: HostTensor, step: RunStep) => HostTensor): Promise<void> {
      const run = createStepRunner(device, setup).begin(batch);
      let latents = run.start;
      for (const step of runSteps(setup.steps)) {
        const drawn = { ...step, isLast: false }; // so that the last step draws latents too
        const { next } = await run.draw(drawn, run.inputs(drawn, latents, {}), {});
        latents = { ...next!, x: check(next!.x, step) };
      }
      run.dispose();
    }

    async function eachStep(run: Run): Promise<void> {
      const trajectory = original.output(`${run.key}.trajectory`);
      await walk(run, (after, { step }) => {
        const expected = slice(trajectory, step);
        expectClose(after.data, expected.data, 5e-6, `step ${step}`);
        return expected;
      });
    }

    async function wholeRun(run: Run): Promise<void> {
      const trajectory = original.output(`${run.key}.trajectory`);
      let last = run.batch.start;
      await walk(run, (after, { step }) => {
        if (run.setup.clamp === false) expectClose(after.data, slice(trajectory, step).data, 2e-5, `after step ${step}`);
        last = after.data as Float32Array;
        return after;
      });
      const expected = [...original.output(`${run.key}.ids`).data];
      expect(await rounded(last), 'the last latents, rounded').to.deep.equal(expected);
      if (run.setup.clamp !== false) return; // decoding takes the last step's logits, before clamping
      const probs = await createSampler(device, run.setup).sample(run.batch); // [B, L, V]
      const V = run.setup.size.vocabularySize;
      const rows = Array.from({ length: probs.length / V }, (_, i) => probs.subarray(i * V, (i + 1) * V));
      expect(
        rows.map((row) => row.indexOf(Math.max(...row))),
        'the most probable tokens',
      ).to.deep.equal(expected);
    }

    /** The tokens of latents [B, L, D] by the network's own rounding. */
    async function rounded(data: Float32Array): Promise<number[]> {
      const network = paperDenoiser(original.size);
      const { shape } = original.output('x');
      const round: GraphFunction = (inputs) => ({ ids: tf.argMax(network.logits(inputs, inputs['x']!), -1) });
      const program = await device.compile(round, [{ name: 'x', shape }], original.weights);
      const { ids } = await program.run({ x: { dtype: 'float32', shape, data } });
      return [...ids!.data];
    }

    const every = ddpmSteps(discreteLevels('sqrt', 40));
    const strides = (eta: number) => ddimSteps(discreteLevels('sqrt', 40, 10, 'stride'), eta);
    for (const [what, key, steps, clamped] of [
      ['ddpm', 'ddpm', every, false],
      ['ddpm with clamping', 'ddpm_clamp', every, true],
      ['ddim in 10 strides, eta 0', 'ddim_eta0_10', strides(0), false],
      ['ddim in 10 strides, eta 1', 'ddim_eta1_10', strides(1), false],
    ] as const) {
      it(`${what}, each step alone`, async () => eachStep(prepare(key, steps, clamped)));
      it(`${what}, the whole run`, async () => wholeRun(prepare(key, steps, clamped)));
    }
  });
}
