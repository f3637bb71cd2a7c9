import { type Static, Type } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Automaton, intersect } from '../lib/automaton/index.js';
import type { Problem } from '../lib/base/errors.js';
import type { HostTensor, Tensors } from '../lib/engine/types.js';
import type { GuideContext, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { CHAIN } from '../lib/text/penn-tree.js';
import { hasLabels, labelProblem, spanClassifier, spanLogProbs } from './parts/span-classifier.js';
import { countPatterns, spanAutomata } from './parts/span-patterns.js';
import { spansFuture } from './parts/spans-future.js';
import { subwordProblems } from './parts/vocabulary-words.js';

/** The most spans that a text can be asked to have. */
const MOST_SPANS = 16;

const wordIndex = Type.Integer({ minimum: 0, maximum: 10_000 });

const options = Type.Object({
  spans: Type.Array(Type.Tuple([wordIndex, wordIndex, Type.String({ minLength: 1 })]), {
    minItems: 1,
    maxItems: MOST_SPANS,
    description: `Constituents [first word, last word, label], counting words from 0. The label is a phrase label of the Penn Treebank, or several, joined by ${CHAIN}, for a chain of nodes over the same words.`,
  }),
});

type Options = Static<typeof options>;

/** The text's tree has the given constituents, and any others. */
export default {
  name: 'spans',
  summary: 'Spans of words are constituents with labels, such as [0, 1, "NP"].',
  options,
  example: { spans: [[0, 1, 'NP']] },
  places: ['posterior', 'x0-gradient', 'gradient'],
  tables: { count: countPatterns },
  classifier: spanClassifier,
  trainedAs: { gradient: 'tree', 'x0-gradient': 'tree' },
  check: ({ spans }, { model, via, classes }) =>
    model.wordLevel
      ? spans.flatMap((span, i) =>
          spanProblems(span, model, via === 'posterior' ? undefined : classes).map((p) => ({
            ...p,
            path: `/spans/${i}${p.path}`,
          })),
        )
      : subwordProblems(model, '/spans'),
  create: (context) => (context.via === 'posterior' ? byPatterns(context) : byClassifier(context)),
} satisfies GuideFactory<Options>;

/** The constituents around the last word that was read. */
export const future = spansFuture(({ spans }: Options) => spans.map(([start, end, label]) => ({ start, end, label })));

function spanProblems(
  [start, end, label]: Options['spans'][number],
  { maxTokens }: ModelInfo,
  classes: readonly string[] | undefined,
): Problem[] {
  const wrong: Problem[] = [];
  const last = maxTokens - 3;
  if (end < start) wrong.push({ path: '', message: `expected the first word and then the last, got ${start} and ${end}` });
  if (Math.max(start, end) > last)
    wrong.push({
      path: '',
      message: `expected words from 0 to ${last}, the longest text of this model, got ${Math.max(start, end)}`,
    });
  const message =
    labelProblem(label) ??
    (classes === undefined || accepted(label, classes).length > 0
      ? undefined
      : `the classifier has seen too few "${label}"; it knows ${classes.join(', ')}`);
  return message === undefined ? wrong : [...wrong, { path: '/2', message }];
}

/** Returns the classes that have the label; a chain has every subsequence of its labels. */
const accepted = (label: string, classes: readonly string[]): number[] =>
  classes.flatMap((name, c) => (hasLabels(name, label.split(CHAIN)) ? [c] : []));

/** Puts each span into a window of words that was nearly always such a constituent in the parses. */
function byPatterns({ tables, model }: GuideContext) {
  const automatonOf = spanAutomata(tables, model);
  const known = new Map<string, Automaton>();
  return {
    via: 'posterior' as const,
    factors({ spans }: Options) {
      const key = JSON.stringify(spans);
      if (!known.has(key)) known.set(key, spans.map((span) => automatonOf(...span)).reduce(intersect));
      return { automaton: known.get(key)! };
    },
  };
}

/** Steers by log p(span is a constituent with the label), summed over the spans, from the classifier of whole trees. */
function byClassifier({ via, model: { maxTokens }, classes, states }: GuideContext) {
  return {
    via: via as 'gradient' | 'x0-gradient',
    encode(rows: readonly (Options | null)[]): Record<string, HostTensor> {
      const slots = rows.length * MOST_SPANS;
      const [first, last] = [new Float32Array(slots * maxTokens), new Float32Array(slots * maxTokens)]; // [B, S, L], 1 at the first or last word of the span
      const allowed = new Float32Array(slots * classes.length).fill(1); // [B, S, C]; an unused slot allows all
      rows.forEach((row, i) =>
        row?.spans.forEach(([start, end, label], j) => {
          const slot = i * MOST_SPANS + j;
          first[slot * maxTokens + start + 1] = 1;
          last[slot * maxTokens + end + 1] = 1;
          const mask = allowed.subarray(slot * classes.length, (slot + 1) * classes.length).fill(0);
          for (const c of accepted(label, classes)) mask[c] = 1;
        }),
      );
      const tensor = (width: number, data: Float32Array): HostTensor => ({
        dtype: 'float32',
        shape: [rows.length, MOST_SPANS, width],
        data,
      });
      return { first: tensor(maxTokens, first), last: tensor(maxTokens, last), allowed: tensor(classes.length, allowed) };
    },
    logProb: (z: Tensor, { time }: { time: Tensor }, inputs: Tensors, weights: Tensors): Tensor =>
      spanLogProbs(states(weights, z, time), inputs, weights),
  };
}
