import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { DType, GraphFunction, HostTensor, TensorSpec } from '../../lib/engine/types.js';
import { keyOf, normal, split } from '../../lib/base/random.js';

export interface Case {
  readonly name: string;
  readonly fn: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Input[];
  /** False skips the comparison of gradients. Default: true. */
  readonly hasGradient?: boolean;
  /** Tolerance relative to the largest number of a result, or to 1 if larger. Default: 2e-5, a few hundred float32 roundings. */
  readonly tolerance?: number;
}

export interface Input {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Maps the i-th standard normal number to an element. */
  readonly number: (normal: number, i: number) => number;
}

export const anything = (...shape: number[]): Input => ({ shape, dtype: 'float32', number: (x) => x });
export const positive = (...shape: number[]): Input => ({ shape, dtype: 'float32', number: (x) => Math.abs(x) + 0.1 });
export const inUnit = (...shape: number[]): Input => ({ shape, dtype: 'float32', number: (x) => Math.tanh(x) * 0.9 });
export const integers =
  (below: number) =>
  (...shape: number[]): Input => ({ shape, dtype: 'int32', number: (x, i) => (i * 7 + Math.floor(Math.abs(x) * 100)) % below });
export const flags = (...shape: number[]): Input => ({ shape, dtype: 'bool', number: (x) => (x > 0 ? 1 : 0) });

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export function numbers({ shape, dtype, number }: Input, label: string): HostTensor {
  const values = Array.from(normal(split(keyOf(3), label), sizeOf(shape)), number);
  const data =
    dtype === 'float32' ? Float32Array.from(values) : dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
  return { dtype, shape, data };
}

/** Compares a function and its gradient, weighted so that every element counts, between onnx-cpu and tfjs-cpu. */
export async function expectAgreement({ name, fn, inputs, hasGradient = true, tolerance = 2e-5 }: Case): Promise<void> {
  const specs: TensorSpec[] = inputs.map(({ shape, dtype }, i) => ({ name: `${i}`, shape, dtype }));
  const feeds = Object.fromEntries(inputs.map((input, i) => [`${i}`, numbers(input, `${name} ${i}`)]));
  const floats = inputs.map((_, i) => i).filter((i) => inputs[i]!.dtype === 'float32');
  const weighted = (all: Tensor[]) => {
    const y = fn(...all).toFloat();
    const weights = tf.tensor(Float32Array.from({ length: y.size }, (_, i) => Math.cos(i + 1)), y.shape); // prettier-ignore
    return tf.sum<Tensor<never>>(tf.mul(y, weights));
  };
  const graph: GraphFunction = (tensors) => {
    const all = inputs.map((_, i) => tensors[`${i}`]!);
    const outputs: Record<string, Tensor> = { value: fn(...all) };
    if (!hasGradient) return outputs;
    const filledIn = (chosen: Tensor[]) => all.map((tensor, i) => (floats.includes(i) ? chosen[floats.indexOf(i)]! : tensor));
    tf.grads((...chosen: Tensor[]) => weighted(filledIn(chosen)))(floats.map((i) => all[i]!)).forEach((gradient, k) => {
      outputs[`gradient ${floats[k]}`] = gradient;
    });
    return outputs;
  };
  const [onnx, tfjs] = await Promise.all([openDevice('onnx-cpu', { threads: 2 }), openDevice('tfjs-cpu')]);
  const expected = await (await tfjs.compile(graph, specs)).run(feeds);
  const got = await (await onnx.compile(graph, specs)).run(feeds);
  expect(Object.keys(got)).to.deep.equal(Object.keys(expected));
  for (const [key, tensor] of Object.entries(expected)) expectClose(got[key]!, tensor, tolerance, key);
  await Promise.all([onnx.dispose(), tfjs.dispose()]);
}

export function expectClose(got: HostTensor, expected: HostTensor, tolerance: number, label = ''): void {
  expect(got.shape, `shape of ${label}`).to.deep.equal(expected.shape);
  expect(got.dtype, `type of ${label}`).to.equal(expected.dtype);
  expect(got.data.length, `size of ${label}`).to.equal(expected.data.length);
  const finite = Array.from(expected.data).filter(Number.isFinite);
  const scale = Math.max(1, ...finite.map(Math.abs));
  expected.data.forEach((value, i) => {
    const at = `${label}[${i}]`;
    if (Number.isFinite(value)) expect(got.data[i], at).to.be.closeTo(value, tolerance * scale);
    else expect(got.data[i], at).to.deep.equal(value);
  });
}

export function describeCases(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const one of cases) {
      const shapes = one.inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
      it(`${one.name} ${shapes}`, () => expectAgreement(one));
    }
  });
}
