import type { HostTensor, HostTensors } from '../../lib/engine/types.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import { treesOfParse } from '../../lib/text/parses.js';
import type { PennTree } from '../../lib/text/penn-tree.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { countTags, TAG_SETS } from './tags.js';

/** Strength of the prior from all words, in occurrences. */
const PRIOR = 4;
/** A word and shape seen together less often are not kept. */
const RARE = 2;

/** The surroundings of a word in a tree, each field more specific than the one before. */
export interface WordShape {
  readonly tag: string;
  /** The tag, the constituent around it, and whether the word is the first or the last of its children. */
  readonly near: string;
  /** `near`, and all constituents that open before the word and close after it. */
  readonly full: string;
  /** The label of the constituent around those that open before the word, empty at the top. */
  readonly under: string;
}

/** Returns the shapes of the words of trees, in order. */
export function shapesOf(trees: readonly PennTree[]): WordShape[] {
  return trees.flatMap((tree) => shapesUnder(tree, { label: '', first: true, last: true, opens: [], closes: [], under: '' }));
}

/** Returns the trees of the sentences of a parsed row. */
export const treesOfRow = ({ sentences }: AnnotatedRow): PennTree[] => sentences.flatMap(({ tree }) => treesOfParse(tree));

interface Surroundings {
  readonly label: string;
  readonly first: boolean;
  readonly last: boolean;
  readonly opens: readonly string[];
  readonly closes: readonly string[];
  readonly under: string;
}

function shapesUnder({ label, word, children }: PennTree, at: Surroundings): WordShape[] {
  if (word !== undefined) {
    const near = [label, at.label, at.first ? '(' : '', at.last ? ')' : ''].join(' ');
    return [{ tag: label, near, full: [near, at.opens.join('('), at.closes.join(')')].join(' | '), under: at.under }];
  }
  return children.flatMap((child, i) => {
    const [first, last] = [i === 0, i === children.length - 1];
    const [opens, closes] = [first ? [...at.opens, label] : [], last ? [label, ...at.closes] : []];
    return shapesUnder(child, { label, first, last, opens, closes, under: first ? at.under : label });
  });
}

/** Counts how often each word had each shape: `shapes` [N, 3], a word, the hash of a shape and the count; and the words' Penn tags. */
export function countShapes(rows: readonly AnnotatedRow[], model: ModelInfo): Record<string, HostTensor> {
  const { vocabulary } = model;
  const counts = new Map<string, [word: number, shape: number, count: number]>();
  for (const row of rows) {
    shapesOf(treesOfRow(row)).forEach(({ near, full }, i) => {
      const word = vocabulary.id(row.words[i]!) ?? vocabulary.unk;
      for (const shape of [hash(near), hash(full)]) {
        const known = counts.get(`${word} ${shape}`);
        if (known) known[2]++;
        else counts.set(`${word} ${shape}`, [word, shape, 1]);
      }
    });
  }
  const kept = [...counts.values()].filter(([, , count]) => count >= RARE);
  return {
    pennCounts: countTags(rows, model).pennCounts,
    shapes: { dtype: 'int32', shape: [kept.length, 3], data: Int32Array.from(kept.flat()) },
  };
}

/** Returns the 32-bit FNV-1a hash as a signed number. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of new TextEncoder().encode(text)) value = Math.imul(value ^ char, 0x01000193);
  return value | 0;
}

/** Returns log p(shape | tag, word) for each word of a vocabulary, [V] in nats. */
export type ShapeLogProbs = (shape: WordShape) => Float32Array;

/**
 * Factorises from coarse to fine, p(near | tag, word) p(full | near, word), each smoothed by its share over all words (MacKay and Peto
 * 1995). A shape that no word had contributes nothing.
 */
export function shapeLogProbs(tables: HostTensors): ShapeLogProbs {
  const penn = tables['pennCounts']!;
  const [size, tags] = penn.shape as [number, number];
  const byShape = new Map<number, Float64Array>(); // counts of the words, [V]
  const { data, shape } = tables['shapes']!;
  for (let i = 0; i < shape[0]!; i++) {
    const [word, id, count] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    if (!byShape.has(id)) byShape.set(id, new Float64Array(size));
    byShape.get(id)![word] = count;
  }
  const known = new Map<string, Float32Array>();
  return (asked) => {
    const key = asked.full;
    if (!known.has(key)) {
      const tag = TAG_SETS.penn.indexOf(asked.tag);
      const tagged = tag < 0 ? undefined : Float64Array.from({ length: size }, (_, v) => penn.data[v * tags + tag]!);
      const [near, full] = [byShape.get(hash(asked.near)), byShape.get(hash(asked.full))];
      const logs = new Float32Array(size);
      for (const [fine, coarse] of [
        [near, tagged],
        [full, near],
      ]) {
        if (fine && coarse) addLogShares(logs, fine, coarse);
      }
      known.set(key, logs);
    }
    return known.get(key)!;
  };
}

function addLogShares(logs: Float32Array, fine: Float64Array, coarse: Float64Array): void {
  const sum = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
  const general = Math.min(1, sum(fine) / sum(coarse));
  for (let v = 0; v < logs.length; v++) logs[v]! += Math.min(0, Math.log((fine[v]! + PRIOR * general) / (coarse[v]! + PRIOR)));
}
