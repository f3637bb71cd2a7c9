import type { Tensor } from '@tensorflow/tfjs-core';
import { openDevice, prefixed, scoped, tf } from '../engine/index.js';
import { specsOf } from '../engine/scope.js';
import type { HostTensor, HostTensors, Tensors } from '../engine/types.js';
import type { GradientGuide, Via } from '../guide/contract.js';
import { claim, claimNear, latentsOf, optionsText, stateAt, tensorsOf } from './claims.js';
import type { Subject } from './subject.js';

type Rows<O> = readonly (O | null)[];

interface Bound<O> {
  readonly guide: GradientGuide<O>;
  readonly weights: HostTensors;
  /** Returns [B] nats for latents [B, L, D]. */
  logProb(rows: Rows<O>, z: Tensor, time?: number): Tensor;
}

async function boundTo<O>(subject: Subject<O>, via: Via): Promise<Bound<O>> {
  const { guide, weights } = (await subject.make(via)) as { guide: GradientGuide<O>; weights: HostTensors };
  const tensors = tensorsOf(weights);
  return {
    guide,
    weights,
    logProb: (rows, z, time) => guide.logProb(z, stateAt(z, subject.info, time), tensorsOf(guide.encode(rows)), tensors),
  };
}

/** Claims one finite log-probability per row, at most 0, with much noise and with none. */
export async function isLogProb<O>(subject: Subject<O>, via: Via): Promise<void> {
  const { logProb } = await boundTo(subject, via);
  const rows = [...subject.examples, null];
  const z = latentsOf(subject.info, rows.length);
  for (const time of [0, 0.5, 0.9995]) {
    const found = logProb(rows, z, time);
    claim(
      `${found.shape}` === `${rows.length}`,
      () => `expected log-probabilities of shape [${rows.length}], got [${found.shape}]`,
    );
    const values = [...found.dataSync()];
    const wrong = values.findIndex((value) => !(Number.isFinite(value) && value <= 0));
    claim(
      wrong < 0,
      () => `expected finite nats of at most 0 at time ${time}, got ${values[wrong]} for ${optionsText(rows[wrong])}`,
    );
  }
}

/** Claims that a row has the same log-probability elsewhere in the batch, and alone. */
export async function keepsRowsApart<O>(subject: Subject<O>, via: Via): Promise<void> {
  const { logProb } = await boundTo(subject, via);
  const rows = [...subject.examples, null];
  const z = latentsOf(subject.info, rows.length);
  const plain = logProb(rows, z).dataSync();
  const turned = tf.reverse(logProb([...rows].reverse(), tf.reverse(z, 0)), 0).dataSync();
  rows.forEach((row, i) => {
    const alone = logProb([row], tf.slice(z, i, 1)).dataSync()[0]!;
    const tolerance = 1e-4 + 1e-5 * Math.abs(plain[i]!); // float32 sums in another order
    claimNear(turned[i]!, plain[i]!, tolerance, `log p of ${optionsText(row)} elsewhere in the batch`);
    claimNear(alone, plain[i]!, tolerance, `log p of ${optionsText(row)} alone, compared with a batch`);
  });
}

/** Claims that the gradient agrees with finite differences of log p, and that a step along it raises log p. */
export async function hasGradient<O>(subject: Subject<O>, via: Via): Promise<void> {
  const { logProb } = await boundTo(subject, via);
  const rows = subject.examples.slice(0, 1);
  const z = latentsOf(subject.info, 1, 3);
  const gradient = tf.grad((x: Tensor) => tf.sum(logProb(rows, x)))(z);
  const at = (direction: Tensor, by: number) => logProb(rows, tf.add(z, tf.mul(direction, by))).dataSync()[0]!;
  const norm = tf.norm(gradient).dataSync()[0]!;
  claim(norm > 0, () => `expected log p of ${optionsText(rows[0])} to depend on the latents, got a gradient of norm ${norm}`);
  const along = tf.div(gradient, norm);
  const aside = tf.div(latentsOf(subject.info, 1, 4), 2 * Math.sqrt(z.size));
  const h = 1e-2;
  for (const direction of [along, tf.add(tf.mul(along, 0.5), aside)]) {
    const slope = (at(direction, h) - at(direction, -h)) / (2 * h);
    const expected = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
    // log p is some tens of nats with a rounding error of 4e-6, divided by 2 h; the third derivative adds to it.
    claimNear(slope, expected, 1e-3 + 0.03 * Math.abs(expected), 'the slope by differences, compared with the gradient');
  }
  const [before, after] = [at(along, 0), at(along, 0.02)];
  claim(after > before, () => `expected a step along the gradient to raise log p, it went from ${before} to ${after}`);
}

/** Claims that the graph recorded for one batch is right for another: no options are frozen into it. */
export async function servesEveryBatch<O>(subject: Subject<O>, via: Via): Promise<void> {
  const { guide, weights, logProb } = await boundTo(subject, via);
  const recorded: Rows<O> = [...subject.examples, null];
  const another = [...recorded].reverse();
  const z = latentsOf(subject.info, recorded.length);
  const feeds = (rows: Rows<O>): HostTensors => ({ ...prefixed('input/', guide.encode(rows)), z: hostOf(z) });
  const graph = (inputs: Tensors) => {
    const latents = inputs['z']!;
    const state = stateAt(latents, subject.info);
    return { logProb: guide.logProb(latents, state, scoped('input/', inputs), scoped('weight/', inputs)) };
  };
  const specs = specsOf(feeds(recorded));
  const device = await openDevice('onnx-cpu', { threads: 1 });
  try {
    const program = await device.compile(graph, specs, prefixed('weight/', weights));
    const found = (await program.run(feeds(another)))['logProb']!.data;
    logProb(another, z)
      .dataSync()
      .forEach((value, i) =>
        claimNear(
          found[i]!,
          value,
          1e-3 + 1e-3 * Math.abs(value),
          `log p of ${optionsText(another[i])} by a graph recorded for another batch`,
        ),
      );
  } finally {
    await device.dispose();
  }
}

const hostOf = (tensor: Tensor): HostTensor => ({
  dtype: 'float32',
  shape: tensor.shape,
  data: tensor.dataSync<'float32'>(),
});
