import { expect } from 'chai';
import { reverseMean } from '../../lib/diffusion/forward.js';
import { ddimSteps, ddpmSteps, discreteLevels, type ReverseStep } from '../../lib/diffusion/reverse-steps.js';
import { openDevice } from '../../lib/engine/index.js';
import { tf } from '../../lib/engine/tf.js';
import type { Device, HostTensor, Program, Tensors } from '../../lib/engine/types.js';
import { paperDenoiser } from '../../lib/model/denoiser/paper.js';
import { clampToNearest } from '../../lib/model/denoiser/rounding.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, type Original, slice } from '../fixtures/original/index.js';

const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

/** Whole runs of the reverse process beside those of the original. Clamping is not continuous: its free run is compared by its tokens. */
for (const name of ['tfjs-cpu', 'onnx-cpu'] as const) {
  describe(`reverse process on ${name}`, () => {
    let device: Device;
    let original: Original;
    before(async () => {
      device = await openDevice(name, { threads: 1 });
      original = await loadOriginal();
    });
    after(() => device.dispose());

    function compile(clamped: boolean): Promise<Program> {
      const { size, weights } = original;
      const network = paperDenoiser(size);
      const shape = original.output('x').shape;
      const fn = (inputs: Tensors) => {
        const { x, noise, sigma, cX, c0 } = inputs;
        const time = tf.tile(tf.reshape(inputs['time']!, [1]), [shape[0]!]); // [B]
        const predicted = network.denoise(inputs, x!, time, x!).x0;
        const x0 = clamped ? clampToNearest(predicted, network.embeddings(inputs)) : predicted;
        const next = tf.add(reverseMean(x!, x0, { cX: cX!, c0: c0! }), tf.mul(sigma!, noise!));
        return { next, ids: tf.argMax(network.logits(inputs, next), -1) };
      };
      const scalars = ['time', 'cX', 'c0', 'sigma'].map((key) => ({ name: key, shape: [] }));
      return device.compile(fn, [{ name: 'x', shape }, { name: 'noise', shape }, ...scalars], weights);
    }

    interface Run {
      readonly key: string;
      readonly clamped: boolean;
      readonly levels: readonly ReverseStep[];
      reverse(x: HostTensor, level: ReverseStep): Promise<Record<string, HostTensor>>;
    }

    async function prepare(key: string, levels: readonly ReverseStep[], clamped: boolean): Promise<Run> {
      const noises = original.output(`${key}.noises`);
      expect(levels.length).to.equal(noises.shape[0]);
      const program = await compile(clamped);
      const reverse: Run['reverse'] = (x, { step, time, cX, c0, sigma }) =>
        program.run({ x, noise: slice(noises, step), time: scalar(time), cX: scalar(cX), c0: scalar(c0), sigma: scalar(sigma) });
      return { key, clamped, levels, reverse };
    }

    async function eachStep({ key, levels, reverse }: Run): Promise<void> {
      const trajectory = original.output(`${key}.trajectory`);
      for (const level of levels) {
        const before = level.step === 0 ? original.output(`${key}.start`) : slice(trajectory, level.step - 1);
        expectClose((await reverse(before, level))['next']!.data, slice(trajectory, level.step).data, 5e-6, `step ${level.step}`);
      }
    }

    async function wholeRun({ key, clamped, levels, reverse }: Run): Promise<void> {
      let now: Record<string, HostTensor> = { next: original.output(`${key}.start`) };
      for (const level of levels) {
        now = await reverse(now['next']!, level);
        const expected = slice(original.output(`${key}.trajectory`), level.step).data;
        if (!clamped) expectClose(now['next']!.data, expected, 2e-5, `after step ${level.step}`);
      }
      expect([...now['ids']!.data]).to.deep.equal([...original.output(`${key}.ids`).data]);
    }

    const every = ddpmSteps(discreteLevels('sqrt', 40));
    const strides = (eta: number) => ddimSteps(discreteLevels('sqrt', 40, 10, 'stride'), eta);
    for (const [what, key, levels, clamped] of [
      ['ddpm', 'ddpm', every, false],
      ['ddpm with clamping', 'ddpm_clamp', every, true],
      ['ddim in 10 strides, eta 0', 'ddim_eta0_10', strides(0), false],
      ['ddim in 10 strides, eta 1', 'ddim_eta1_10', strides(1), false],
    ] as const) {
      it(`${what}, each step alone`, async () => eachStep(await prepare(key, levels, clamped)));
      it(`${what}, the whole run`, async () => wholeRun(await prepare(key, levels, clamped)));
    }
  });
}
