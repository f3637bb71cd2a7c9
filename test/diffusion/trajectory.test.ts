import { expect } from 'chai';
import { openDevice } from '../../lib/engine/index.js';
import { tf } from '../../lib/engine/tf.js';
import type { Device, HostTensor, Program, Tensors } from '../../lib/engine/types.js';
import { reverseMean } from '../../lib/diffusion/forward.js';
import { ddimLevels, ddpmLevels, discreteLevels, type Level } from '../../lib/diffusion/levels.js';
import { paperDenoiser } from '../../lib/model/paper.js';
import { clampToNearest } from '../../lib/model/rounding.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, slice, type Original } from '../fixtures/original/index.js';

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

    async function compare(key: string, levels: readonly Level[], clamped: boolean): Promise<void> {
      const [trajectory, noises] = [original.output(`${key}.trajectory`), original.output(`${key}.noises`)];
      expect(levels.length).to.equal(trajectory.shape[0]);
      const program = await compile(clamped);
      const reverse = (x: HostTensor, { step, time, cX, c0, sigma }: Level) =>
        program.run({ x, noise: slice(noises, step), time: scalar(time), cX: scalar(cX), c0: scalar(c0), sigma: scalar(sigma) });
      let free = original.output(`${key}.start`);
      let ids: HostTensor | undefined;
      for (const level of levels) {
        const expected = slice(trajectory, level.step).data;
        const before = level.step === 0 ? free : slice(trajectory, level.step - 1);
        expectClose((await reverse(before, level))['next']!.data, expected, 1e-5, `step ${level.step} alone`);
        const after = await reverse(free, level);
        [free, ids] = [after['next']!, after['ids']!];
        if (!clamped) expectClose(free.data, expected, 1e-4, `after step ${level.step}`);
      }
      expect([...ids!.data]).to.deep.equal([...original.output(`${key}.ids`).data]);
    }

    it('ddpm', () => compare('ddpm', ddpmLevels(discreteLevels('sqrt', original.meta.T)), false));
    it('ddpm with clamping', () => compare('ddpm_clamp', ddpmLevels(discreteLevels('sqrt', original.meta.T)), true));
    for (const eta of [0, 1]) {
      it(`ddim over 10 strides, eta ${eta}`, () =>
        compare(`ddim_eta${eta}_10`, ddimLevels(discreteLevels('sqrt', original.meta.T, 10, 'stride'), eta), false));
    }
  });
}
