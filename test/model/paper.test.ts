import { expect } from 'chai';
import { openDevice } from '../../lib/engine/index.js';
import type { Device, HostTensor, Tensors } from '../../lib/engine/types.js';
import { InputError } from '../../lib/base/errors.js';
import { paperParameters } from '../../lib/model/denoiser/paper-parameters.js';
import { paperDenoiser } from '../../lib/model/denoiser/paper.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, type Original } from '../fixtures/original/index.js';

for (const name of ['tfjs-cpu', 'onnx-cpu'] as const) {
  describe(`the paper's network on ${name}`, () => {
    let device: Device;
    let original: Original;
    before(async () => {
      device = await openDevice(name, { threads: 1 });
      original = await loadOriginal();
    });
    after(() => device.dispose());

    async function denoise(time: HostTensor, previousX0: HostTensor): Promise<Record<string, HostTensor>> {
      const { size, weights, output } = original;
      const network = paperDenoiser(size);
      const fn = (inputs: Tensors) => ({ ...network.denoise(inputs, inputs['x']!, inputs['time']!, inputs['previousX0']!) });
      const x = output('x');
      const specs = Object.entries({ x, time }).map(([key, { shape }]) => ({ name: key, shape }));
      const program = await device.compile(fn, [...specs, { name: 'previousX0', shape: x.shape }], weights);
      // No self-conditioning: a program does not take an input that nothing depends on.
      const hasPrevious = program.inputs.some((input) => input.name === 'previousX0');
      return program.run({ x, time, ...(hasPrevious ? { previousX0 } : {}) });
    }

    const times = (scale: number): HostTensor => {
      const t = original.output('t');
      return { dtype: 'float32', shape: t.shape, data: Float32Array.from(t.data, (step) => step * scale) };
    };

    it('predicts x_0 and rounds it as the original', async () => {
      const { x0, logits } = await denoise(times(1), original.output('x'));
      expectClose(x0!.data, original.output('denoiser').data, 4e-6);
      expectClose(logits!.data, original.output('logits').data, 4e-6);
    });

    it('sees the steps of a schedule at 1000 t / T', async () => {
      const { x0 } = await denoise(times(1000 / original.meta.T), original.output('x'));
      expectClose(x0!.data, original.output('p.pred_xstart').data, 4e-6);
    });

    it('has no self-conditioning', async () => {
      const some = await denoise(times(1), original.output('x'));
      const other = await denoise(times(1), original.output('noise'));
      expect(some).to.deep.equal(other);
    });
  });
}

describe("the parameters of the paper's network", () => {
  it('are those of an original checkpoint, by name and shape; lm_head.weight is the word embedding itself', async () => {
    const { size, weights } = await loadOriginal();
    const { 'lm_head.weight': head, ...rest } = weights;
    expect(head!.data).to.deep.equal(weights['word_embedding.weight']!.data);
    const shapes = Object.fromEntries(paperParameters(size).map(({ name, shape }) => [name, shape]));
    expect(shapes).to.deep.equal(Object.fromEntries(Object.entries(rest).map(([name, { shape }]) => [name, shape])));
  });

  it('names all sizes that do not fit', async () => {
    const { size } = await loadOriginal();
    expect(() => paperParameters({ ...size, heads: 5, timeChannels: 7, maxTokens: 17 })).to.throw(
      InputError,
      /3 problems[^]*\/heads: expected a divisor of the width 32, got 5[^]*\/timeChannels: .*got 7[^]*\/maxTokens: expected at most 16/,
    );
  });
});
