import { openDevice } from '../../lib/engine/index.js';
import { tf } from '../../lib/engine/tf.js';
import type { Device, HostTensor, Tensors } from '../../lib/engine/types.js';
import { qSample } from '../../lib/diffusion/forward.js';
import {
  embedded,
  paperObjective,
  tokenCrossEntropy,
  type PaperBatch,
  type PaperObjective,
} from '../../lib/diffusion/objectives.js';
import { alphaBars, betasOf } from '../../lib/diffusion/schedule.js';
import { paperDenoiser, type PaperDenoiser } from '../../lib/model/denoiser/paper.js';
import { expectClose } from '../fixtures/original/close.js';
import { loadOriginal, type Original } from '../fixtures/original/index.js';

const DIFFERENTIATED = ['word_embedding.weight', 'input_up_proj.0.weight'];

for (const name of ['tfjs-cpu', 'onnx-cpu'] as const) {
  describe(`the paper's losses on ${name}`, () => {
    let device: Device;
    let original: Original;
    before(async () => {
      device = await openDevice(name, { threads: 1 });
      original = await loadOriginal();
    });
    after(() => device.dispose());

    /** Returns the terms, and the gradients of the batch mean of `loss`. */
    async function run(
      terms: (weights: Tensors, batch: PaperBatch, inputs: Tensors) => Record<'loss', Tensors[string]> & Tensors,
    ) {
      const { weights, output } = original;
      const inputs: Record<string, HostTensor> = { ids: output('train.ids'), t: output('train.t'), noise: output('train.noise') };
      inputs['noiseStart'] = output('train.noise_start');
      const fn = (all: Tensors) => {
        const batch = { ids: all['ids']!, steps: all['t']!, noise: all['noise']! };
        const of = (changed: Tensors) => terms({ ...all, ...changed }, batch, all);
        const gradients = tf.grads((...values) =>
          tf.mean(of(Object.fromEntries(DIFFERENTIATED.map((key, i) => [key, values[i]!])))['loss']),
        )(DIFFERENTIATED.map((key) => all[key]!));
        return { ...of({}), ...Object.fromEntries(DIFFERENTIATED.map((key, i) => [`grad.${key}`, gradients[i]!])) };
      };
      const specs = Object.entries({ ...inputs, ...weights }).map(([key, { shape, dtype }]) => ({ name: key, shape, dtype }));
      const program = await device.compile(fn, specs);
      const known = new Set(program.inputs.map((input) => input.name));
      return program.run(Object.fromEntries(Object.entries({ ...inputs, ...weights }).filter(([key]) => known.has(key))));
    }

    /** The reference numbers come from a network that was called directly, with unscaled steps. */
    function objective(): PaperObjective {
      const network = paperDenoiser(original.size);
      const denoise: PaperDenoiser['denoise'] = (weights, x, time, previousX0) =>
        network.denoise(weights, x, tf.mul(time, original.meta.T / 1000), previousX0);
      return paperObjective({ ...network, denoise }, 'sqrt', original.meta.T);
    }

    function expectTerms(actual: Readonly<Record<string, HostTensor>>, key: string, terms: readonly string[]): void {
      for (const term of terms) {
        const tolerance = term.startsWith('grad') ? 2e-5 : 2e-6; // gradients accumulate more rounding
        expectClose(actual[term]!.data, original.output(`${key}.${term}`).data, tolerance, `${key}.${term}`);
      }
    }

    const gradients = DIFFERENTIATED.map((key) => `grad.${key}`);

    it('L_e2e_simple and its gradients equal the original', async () => {
      const terms = await run((weights, batch, inputs) => ({ ...objective().endToEnd(weights, batch, inputs['noiseStart']!) }));
      expectTerms(terms, 'train.e2e', ['mse', 'loss', ...gradients]);
    });

    it('the cross-entropy of the predicted x_0 and its gradients equal the original', async () => {
      const terms = await run((weights, batch) => {
        const ce = objective().crossEntropy(weights, batch);
        return { ce, loss: ce };
      });
      expectTerms(terms, 'train.e2e_simple', ['ce', 'loss', ...gradients]);
    });
  });
}

describe('the prior term of L_e2e_simple', () => {
  it('is the squared mean of q(x_T | x_0), which is too small to show in the loss of the small network', async () => {
    const { size, weights, output } = await loadOriginal();
    const put = ({ data, shape, dtype }: HostTensor) => tf.tensor(data, [...shape], dtype);
    const network = paperDenoiser(size);
    const all = Object.fromEntries(Object.entries(weights).map(([key, tensor]) => [key, put(tensor)]));
    const batch = { ids: put(output('train.ids')), steps: tf.tensor1d([0, 5, 20], 'int32'), noise: put(output('train.noise')) };
    const { prior, mse, rounding, loss } = paperObjective(network, 'pw_lin', 21).endToEnd(all, batch, tf.zerosLike(batch.noise));
    const end = tf.scalar(alphaBars(betasOf('pw_lin', 21)).at(-1)!);
    const means = qSample(embedded(network.embeddings(all), batch.ids), end, tf.zerosLike(batch.noise)); // [B, L, D]
    expectClose(prior.dataSync(), tf.mean(tf.square(means), [1, 2]).dataSync(), 1e-6);
    expectClose(loss.dataSync(), tf.addN([mse, prior, rounding]).dataSync(), 1e-6);
  });
});

describe('tokenCrossEntropy', () => {
  it('is -log p of each token, for logits of any size', () => {
    const logits = tf.tensor3d([
      [
        [Math.log(1), Math.log(3)],
        [500, 0],
      ],
    ]); // [B, L, V]
    expectClose(tokenCrossEntropy(logits, tf.tensor2d([[1, 1]], [1, 2], 'int32')).dataSync(), [Math.log(4 / 3), 500], 1e-6);
  });
});
