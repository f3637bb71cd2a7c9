import { type Key, normal, split } from '../base/random.js';
import type { HostTensor, HostTensors } from '../engine/types.js';
import { initialParameters } from '../model/parameters.js';
import type { ParamSpec } from '../model/types.js';
import type { Shares } from './neighbour-words.js';

/** The axis of a parameter that counts words or classes, and what each index on it starts from. */
export interface Indexed {
  readonly axis: number;
  readonly shares: readonly Shares[];
}

/** The weights that a network takes over from another. */
export interface CarryOver {
  readonly parameters: readonly ParamSpec[];
  readonly base: HostTensors;
  /** Parameters with an axis of words or classes. */
  readonly indexed: Readonly<Record<string, Indexed>>;
  /** Parameters whose random values are small, since the states below them are those of a trained network, which are large. */
  readonly faint?: readonly string[];
  readonly key: Key;
}

/** Share of their random values with which new outputs start: logits are then near 0, and the first loss near that of guessing. */
const FAINT = 0.01;

/** Random part of the embedding of a new word, so that two words with the same neighbours differ. */
const SPREAD = 0.3;

/**
 * Returns the initial weights of a network that takes over those of another of the same width. Blocks beyond those of the base add
 * nothing at first: their output weights are zeros. Positions beyond its maxTokens, and their distances, stay as they are
 * initialised, and so does every other parameter that the base lacks.
 */
export function carryOver({ parameters, base, indexed, faint = [], key }: CarryOver): Record<string, HostTensor> {
  const fresh = initialParameters(parameters, key);
  const noise = split(key, 'new words');
  return Object.fromEntries(
    parameters.map(({ name }) => {
      const start = faint.includes(name) ? scaled(fresh[name]!, FAINT) : fresh[name]!;
      const from = base[name];
      if (!from) return [name, newBlock(name, start)];
      const axis = indexed[name];
      if (axis !== undefined) return [name, byIndex(start, from, axis, normal(split(noise, name), start.data.length))];
      if (name === 'relative') return [name, centred(start, from)];
      return [name, leading(start, from)];
    }),
  );
}

const scaled = (tensor: HostTensor, by: number): HostTensor => ({
  ...tensor,
  data: Float32Array.from(tensor.data, (value) => by * value),
});

function newBlock(name: string, start: HostTensor): HostTensor {
  return /^block\d+\.(out|down)\.weight$/.test(name) ? { ...start, data: new Float32Array(start.data.length) } : start;
}

/** Fills the weights of each word or class, whose index is on the first or the last axis of the tensor. */
function byIndex(start: HostTensor, from: HostTensor, { axis, shares }: Indexed, noise: Float32Array): HostTensor {
  const count = shares.length;
  const width = start.data.length / count;
  const baseCount = from.data.length / width;
  const indexOf = (size: number, item: number, i: number): number => (axis === 0 ? item * width + i : i * size + item);
  const data = Float32Array.from(start.data);
  shares.forEach(({ known, exact }, item) => {
    if (known.length === 0) return;
    for (let i = 0; i < width; i++) {
      const mean = known.reduce((sum, [id, share]) => sum + share * from.data[indexOf(baseCount, id, i)]!, 0);
      const at = indexOf(count, item, i);
      data[at] = exact ? mean : mean + SPREAD * (axis === 0 && width > 1 ? noise[at]! : 0);
    }
  });
  return { ...start, data };
}

/** Copies the rows that both tensors have. */
function leading(start: HostTensor, from: HostTensor): HostTensor {
  const data = Float32Array.from(start.data);
  data.set(from.data.subarray(0, data.length) as Float32Array);
  return { ...start, data };
}

/** Copies the rows of distances [2 L - 1, H] that both tables have; distance 0 is in the middle. */
function centred(start: HostTensor, from: HostTensor): HostTensor {
  const heads = start.shape[1]!;
  const offset = ((from.shape[0]! - start.shape[0]!) / 2) * heads;
  const data = Float32Array.from(start.data, (value, i) => from.data[i + offset] ?? value);
  return { ...start, data };
}
