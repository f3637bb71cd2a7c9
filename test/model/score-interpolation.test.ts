import { expect } from 'chai';
import { sqrtAlphaBar } from '../../lib/diffusion/schedule.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { HostTensor } from '../../lib/engine/types.js';
import { gaussianEvidence, scoreInterpolation } from '../../lib/model/denoiser/score-interpolation.js';
import { keyOf, normal, permutation } from '../../lib/base/random.js';
import { floats, freshWeights, tensorsOf, tinyConfig } from '../tiny-model.js';

const { maxTokens: L, embeddingWidth: D, vocabularySize: V } = tinyConfig;
const network = scoreInterpolation(tinyConfig);
const ids = [...permutation(keyOf(1), V)].slice(0, 2 * L); // of two rows
const noise = normal(keyOf(2), 2 * L * D);

describe('the score-interpolation network', () => {
  const weights = tensorsOf(freshWeights(tinyConfig));
  const table = network.embeddings(weights);

  /** Returns x_t of the tokens. */
  function noised(time: number): HostTensor {
    const rows = table.arraySync() as number[][];
    const kept = sqrtAlphaBar(time);
    const data = noise.map((z, i) => Math.sqrt(kept) * rows[ids[Math.floor(i / D)]!]![i % D]! + Math.sqrt(1 - kept) * z);
    return floats([2, L, D], data);
  }
  const at = (time: number) => ({ x: noised(time), time: floats([2], [time, time]), previousX0: floats([2, L, D], noise) });

  it('has embeddings of norm sqrt(D), whatever its weights', () => {
    const norms = tf.norm(network.embeddings({ embedding: tf.mul(weights['embedding']!, 37) }), 2, -1).dataSync();
    for (const norm of [...tf.norm(table, 2, -1).dataSync(), ...norms]) expect(norm).to.be.closeTo(Math.sqrt(D), 1e-5);
  });

  it('recovers the tokens from latents with little noise, even untrained', () => {
    // Distances of embeddings are of the order of 1; the deviation of the noise at time 0 is 0.1.
    const { x, time, previousX0 } = tensorsOf(at(0));
    const clean = tf.gather(table, tf.tensor1d(ids, 'int32')).reshape([2, L, D]);
    const near = tf.add(tf.mul(clean, 0.99), tf.mul(tf.sub(x!, tf.mul(clean, Math.sqrt(0.99))), 0.1));
    for (const seed of [1, 2]) {
      const others = { ...tensorsOf(freshWeights(tinyConfig, seed)), embedding: weights['embedding']! };
      const { logits, x0 } = network.denoise(others, near, time!, previousX0!);
      expect([...tf.argMax(logits, -1).dataSync()]).to.deep.equal(ids);
      expect(tf.max(tf.abs(tf.sub(x0, clean))).dataSync()[0]).to.be.below(0.5);
    }
  });

  it('predicts x_0 as the mean of the embeddings under its token probabilities', () => {
    const { x, time, previousX0 } = tensorsOf(at(0.5));
    const { logits, x0 } = network.denoise(weights, x!, time!, previousX0!);
    const mean = tf.matMul(tf.softmax(logits).reshape([-1, V]), table as never).dataSync();
    x0.dataSync().forEach((value, i) => expect(value).to.be.closeTo(mean[i]!, 1e-5));
  });

  it('gives the same numbers on onnx-cpu and tfjs-cpu', async () => {
    const [onnx, tfjs] = [await openDevice('onnx-cpu', { threads: 1 }), await openDevice('tfjs-cpu')];
    const specs = Object.entries(at(0)).map(([name, { shape }]) => ({ name, shape }));
    const graph = (inputs: Parameters<typeof network.denoise>[0]) => ({
      ...network.denoise(inputs, inputs['x']!, inputs['time']!, inputs['previousX0']!),
    });
    const programs = await Promise.all([onnx, tfjs].map((device) => device.compile(graph, specs, freshWeights(tinyConfig))));
    for (const time of [0, 0.5, 0.9995]) {
      const [got, expected] = await Promise.all(programs.map((program) => program.run(at(time))));
      for (const name of ['logits', 'x0']) {
        const want = expected![name]!.data;
        const scale = Math.max(1, ...want.map(Math.abs));
        got![name]!.data.forEach((value, i) => expect(value, `${name}[${i}]`).to.be.closeTo(want[i]!, 2e-5 * scale));
      }
    }
    await Promise.all([onnx.dispose(), tfjs.dispose()]);
  });
});

describe('Gaussian evidence', () => {
  it('is the log-density of the latent given each token, up to a constant per position', () => {
    const table = network.embeddings(tensorsOf(freshWeights(tinyConfig)));
    const rows = table.arraySync() as number[][];
    for (const time of [0.05, 0.4, 0.9]) {
      const evidence = gaussianEvidence(tf.tensor(noise, [2, L, D]), tf.fill([2], time), table).arraySync() as number[][][];
      const kept = sqrtAlphaBar(time);
      const density = (i: number, v: number) =>
        rows[v]!.reduce((sum, e, d) => sum - (noise[i * D + d]! - Math.sqrt(kept) * e) ** 2 / (2 * (1 - kept)), 0);
      evidence.flat().forEach((got, i) => {
        const shift = got[0]! - density(i, 0);
        for (let v = 0; v < V; v++) expect(got[v]! - shift, `position ${i}, token ${v}`).to.be.closeTo(density(i, v), 1e-3);
      });
    }
  });
});
