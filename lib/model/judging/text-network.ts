import type { Device, HostTensor, HostTensors, Program, Tensors } from '../../engine/types.js';
import { FEATURES, featureReader, paddedFeatures, type WordFeatures } from './word-features.js';

type Words = readonly string[];

/** Texts a call of the network: a chart grows with the square of the length. */
const rowsOf = (length: number): number => (length <= 48 ? 32 : 4);
/** Texts are filled up to a multiple of so many places: each length gets a program of its own. */
const STEP = 8;

/** What a network says of a text: its outputs, without the axis of the batch. */
export type Outputs = Readonly<Record<string, Float32Array>>;

/** A network over the words of texts, run in batches of texts of about one length. */
export interface TextNetwork {
  /** @returns what `read` makes of each text's outputs, in the order of the texts; `length` is that of its canvas, L */
  map<T>(texts: readonly Words[], read: (outputs: Outputs, words: Words, length: number) => T): Promise<T[]>;
  dispose(): Promise<void>;
}

/** @param network outputs of ids [B, L, 3], START, END and PAD included; each [B, ...] */
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
      for (const { length, places } of batchesOf(texts)) {
        if (!programs.has(length)) programs.set(length, compile(length));
        const program = await programs.get(length)!;
        const rows = places.map((place) => features(texts[place]!));
        const ids: HostTensor = {
          dtype: 'int32',
          shape: [rowsOf(length), length, FEATURES],
          data: paddedFeatures(rows, rowsOf(length), length),
        };
        const outputs = await program.run({ ids });
        places.forEach((place, row) => results.set(place, read(rowOf(outputs, row), texts[place]!, length)));
      }
      return texts.map((_, place) => results.get(place)!);
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

interface Batch {
  /** Of the canvas, START and END included. */
  readonly length: number;
  /** Which texts. */
  readonly places: readonly number[];
}

function batchesOf(texts: readonly Words[]): Batch[] {
  const groups = new Map<number, number[]>();
  texts.forEach((words, place) => {
    const length = Math.ceil((words.length + 2) / STEP) * STEP;
    const group = groups.get(length);
    if (group) group.push(place);
    else groups.set(length, [place]);
  });
  return [...groups].flatMap(([length, group]) =>
    Array.from({ length: Math.ceil(group.length / rowsOf(length)) }, (_, b) => ({
      length,
      places: group.slice(b * rowsOf(length), (b + 1) * rowsOf(length)),
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
