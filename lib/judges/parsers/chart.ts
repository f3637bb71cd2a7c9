import type { Bracket } from './brackets.js';

/** A constituent of a chart: a label over words `start` to `end` - 1. */
export interface ChartSpan {
  readonly label: number;
  readonly start: number;
  readonly end: number;
}

/** Scores of the labels of each span, [fences, fences, labels]: a span lies between two fences, the boundaries between words. */
export interface Chart {
  readonly scores: Float32Array;
  /** Fences per row of the scores, at least `words` + 1. */
  readonly fences: number;
  readonly labels: number;
  readonly words: number;
}

/**
 * Finds the tree with the highest score by dynamic programming over all binary trees, in O(n^3 + n^2 C) (Cocke, Kasami, Younger; Stern et
 * al. 2017, section 3). A span scores as its best label, or 0 without one, which makes nodes of more than two children binary. The whole
 * sentence always has a label. The first of equal splits is taken, so that a chart always gives the same tree.
 *
 * @returns the spans that have a label, outer ones before inner ones, from left to right
 */
export function bestTree(chart: Chart): ChartSpan[] {
  const { words } = chart;
  const side = words + 1;
  const labels = bestLabels(chart); // [side, side]
  const values = new Float64Array(side * side);
  const splits = new Int32Array(side * side);
  for (let length = 1; length <= words; length++) {
    for (let start = 0, end = length; end <= words; start++, end++) {
      const cell = start * side + end;
      let best = length === 1 ? 0 : -Infinity;
      for (let at = start + 1; at < end; at++) {
        const value = values[start * side + at]! + values[at * side + end]!;
        if (value > best) {
          best = value;
          splits[cell] = at;
        }
      }
      values[cell] = best + labels.values[cell]!;
    }
  }
  return readTree(side, labels.labels, splits);
}

interface BestLabels {
  /** -1 for no label. */
  readonly labels: Int32Array;
  readonly values: Float64Array;
}

function bestLabels({ scores, fences, labels: count, words }: Chart): BestLabels {
  const side = words + 1;
  const labels = new Int32Array(side * side).fill(-1);
  const values = new Float64Array(side * side);
  for (let start = 0; start < words; start++) {
    for (let end = start + 1; end <= words; end++) {
      const isWhole = end - start === words;
      let [label, value] = [-1, isWhole ? -Infinity : 0];
      const row = (start * fences + end) * count;
      for (let i = 0; i < count; i++) if (scores[row + i]! > value) [label, value] = [i, scores[row + i]!];
      labels[start * side + end] = label;
      values[start * side + end] = value;
    }
  }
  return { labels, values };
}

function readTree(side: number, labels: Int32Array, splits: Int32Array): ChartSpan[] {
  const spans: ChartSpan[] = [];
  const open: [number, number][] = side > 1 ? [[0, side - 1]] : [];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [start, end] = span;
    const label = labels[start * side + end]!;
    if (label >= 0) spans.push({ label, start, end });
    if (end - start === 1) continue;
    const at = splits[start * side + end]!;
    open.push([at, end], [start, at]);
  }
  return spans;
}

/** Joins the labels of nodes over the same words, as the labels of a chart are. */
const CHAIN = '::';

/** Returns the nodes of spans whose labels are chains such as `S::VP`, outermost first. @param offset words before the first one */
export const nodesOf = (spans: readonly ChartSpan[], labels: readonly string[], offset = 0): Bracket[] =>
  spans.flatMap(({ label, start, end }) =>
    labels[label]!.split(CHAIN).map((name) => ({ label: name, start: start + offset, end: end + offset })),
  );
