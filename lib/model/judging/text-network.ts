import type { Device, HostTensor, HostTensors, Program, Tensors } from '../../engine/types.js';
import { FEATURES, featureReader, paddedFeatures, type WordFeatures } from './word-features.js';

type Words = readonly string[];

/** Returns the number of texts per call of the network: a chart grows with the square of the length. */
const rowsOf = (length: number): number => (length <= 48 ? 32 : 4);
/** Texts are padded to a multiple of this length; each length has its own program. */
const STEP = 8;

/** Outputs of a network for one text, without the batch axis. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** A network over the words of texts, run in batches of similar length. */
export interface TextNetwork {
  /** Runs the network. @returns `read` of each text's outputs, in the order of the texts; `length` is the padded length L */
  map<T>(texts: readonly Words[], read: (outputs: Outputs, words: Words, length: number) => T): Promise<T[]>;
  dispose(): Promise<void>;
}

/** Builds a text network. @param network maps ids [B, L, 3], with START, END and PAD, to outputs, each [B, ...] */
export function textNetwork(
  network: (weights: Tensors, ids: Tensors[string]) => Tensors,
  weights: HostTensors,
  vocabulary: WordFeatures,
  device: Device,
): TextNetwork {
  const features = featureReader(vocabulary);
  const programs = new Map<number, Promise<Program>>();
  const compile = (length: number): Promise<Program> =>
    device.compile(
      (inputs) => network(inputs, inputs['ids']!),
      [{ name: 'ids', shape: [rowsOf(length), length, FEATURES], dtype: 'int32' }],
      weights,
    );
  return {
    async map(texts, read) {
      const results = new Map<number, ReturnType<typeof read>>();
      for (const { length, indices } of batchesOf(texts)) {
        if (!programs.has(length)) programs.set(length, compile(length));
        const program = await programs.get(length)!;
        const rows = indices.map((index) => features(texts[index]!));
        const ids: HostTensor = {
          dtype: 'int32',
          shape: [rowsOf(length), length, FEATURES],
          data: paddedFeatures(rows, rowsOf(length), length),
        };
        const outputs = await program.run({ ids });
        indices.forEach((index, row) => results.set(index, read(rowOf(outputs, row), texts[index]!, length)));
      }
      return texts.map((_, index) => results.get(index)!);
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

interface Batch {
  /** Padded length, START and END included. */
  readonly length: number;
  /** Indices of the texts in this batch. */
  readonly indices: readonly number[];
}

function batchesOf(texts: readonly Words[]): Batch[] {
  const groups = new Map<number, number[]>();
  texts.forEach((words, index) => {
    const length = Math.ceil((words.length + 2) / STEP) * STEP;
    const group = groups.get(length);
    if (group) group.push(index);
    else groups.set(length, [index]);
  });
  return [...groups].flatMap(([length, group]) =>
    Array.from({ length: Math.ceil(group.length / rowsOf(length)) }, (_, b) => ({
      length,
      indices: group.slice(b * rowsOf(length), (b + 1) * rowsOf(length)),
    })),
  );
}

const rowOf = (outputs: HostTensors, row: number): Outputs =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { data, shape }]) => {
      const size = data.length / shape[0]!;
      return [name, (data as Float32Array).subarray(row * size, (row + 1) * size)];
    }),
  );
