import { type Static, Type } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Problem } from '../lib/base/errors.js';
import type { HostTensor, Tensors } from '../lib/engine/types.js';
import type { GuideContext, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { constituentsOf, type PennTree, readBracketing, tagsOfTrees } from '../lib/text/penn-tree.js';
import { labelProblem, pairClasses, pairLogProbs, spanClassifier } from './parts/span-classifier.js';
import { readTag, type TagChoice, tagFactors, tagLogProbs } from './parts/tags.js';
import { treeFuture } from './parts/tree-future.js';
import { countShapes, shapeLogProbs, shapesOf } from './parts/tree-shape.js';
import { subwordProblems } from './parts/vocabulary-words.js';

const bracketing = Type.String({ minLength: 1, maxLength: 100_000 });

const options = Type.Object({
  tree: Type.Union([bracketing, Type.Array(bracketing, { minItems: 1, maxItems: 50 })], {
    description:
      'Penn bracketing, such as `(S (NP (DT the) (NN food)) (VP (VBZ is) (ADJP (JJ good))))`, or a list with one per sentence. Tags count, words are ignored; the tag `*` allows any word.',
  }),
  part: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'The tree is partial: the text may have other constituents and further words.',
    }),
  ),
});

type Options = Static<typeof options>;

/** The text has a constituency tree: these constituents and no others, and these tags. */
export default {
  name: 'tree',
  summary: 'The text has a constituency tree, given as a Penn bracketing.',
  options,
  example: { tree: '(S (NP (PRP It)) (VP (VBZ is) (ADJP (JJ cheap))))' },
  places: ['x0-gradient', 'gradient', 'posterior'],
  classifier: spanClassifier,
  tables: { count: countShapes },
  check: ({ tree }, { model }) => (model.wordLevel ? treeProblems(tree, model) : subwordProblems(model, '/tree')),
  create: (context) => (context.via === 'posterior' ? byWords(context) : byClassifier(context)),
} satisfies GuideFactory<Options>;

/** The shapes of the last word that was read and of the next ones. */
export const future = treeFuture(
  ({ tree }: Options) => treesOf(tree),
  ({ part }) => part === true,
);

function treeProblems(tree: Options['tree'], { maxTokens }: ModelInfo): Problem[] {
  const sentences = (typeof tree === 'string' ? [tree] : tree).map((text, i) => ({
    path: typeof tree === 'string' ? '/tree' : `/tree/${i}`,
    read: readBracketing(text),
  }));
  const wrong = sentences.flatMap(({ path, read }): Problem[] =>
    'message' in read
      ? [{ path, message: `column ${read.column}: ${read.message}` }]
      : [...new Set(wordingProblems(read))].map((message) => ({ path, message })),
  );
  if (wrong.length > 0) return wrong;
  const words = tagsOfTrees(treesOf(tree)).length;
  const most = maxTokens - 2;
  return words > most
    ? [{ path: '/tree', message: `expected at most ${most} words, the longest text of this model, got ${words}` }]
    : [];
}

function wordingProblems(trees: readonly PennTree[]): string[] {
  const labels = constituentsOf(trees).flatMap(({ label }) => labelProblem(label) ?? []);
  const tags = tagsOfTrees(trees).map((tag) => readTag(tag, ['penn']));
  return [...labels, ...tags.filter((tag) => typeof tag === 'string')];
}

/** Reads the trees of checked options. */
const treesOf = (tree: Options['tree']): PennTree[] =>
  (typeof tree === 'string' ? [tree] : tree).flatMap((text) => readBracketing(text) as readonly PennTree[]);

/** Steers by log p of the constituents over all pairs of words (Li et al. 2022, section 5.1, without the chart of the original's parser). */
function byClassifier({ model: { maxTokens }, via, classes, states }: GuideContext) {
  return {
    via: via as 'gradient' | 'x0-gradient',
    mostWords: ({ tree, part }: Options) => (part ? undefined : tagsOfTrees(treesOf(tree)).length),
    encode(rows: readonly (Options | null)[], length = maxTokens): Record<string, HostTensor> {
      const data = new Int32Array(rows.length * length * length); // [B, length, length]
      rows.forEach((row, i) => {
        if (!row) return;
        const trees = treesOf(row.tree);
        const words = row.part ? undefined : tagsOfTrees(trees).length;
        data.set(pairClasses(words, constituentsOf(trees), length, classes), i * length * length);
      });
      return { pairs: { dtype: 'int32', shape: [rows.length, length, length], data } };
    },
    logProb: (z: Tensor, { time }: { time: Tensor }, { pairs }: Tensors, weights: Tensors): Tensor =>
      pairLogProbs(states(weights, z, time, pairs!.shape[1]), pairs!, weights),
  };
}

/**
 * Weighs tokens by log p(tag | word) + log p(shape | tag, word), where the shape of a word is its surroundings in the tree, and fixes the
 * number of words.
 */
function byWords({ model, tables }: GuideContext) {
  const [tagged, shaped] = [tagLogProbs(tables), shapeLogProbs(tables)];
  return {
    via: 'posterior' as const,
    factors({ tree, part }: Options) {
      const trees = treesOf(tree);
      const shapes = shapesOf(trees);
      const choices = shapes.map(({ tag }) => readTag(tag, ['penn']) as TagChoice | undefined);
      const logUnary = tagFactors(choices, model, tagged, part);
      const { size } = model.vocabulary;
      if (part !== true) shapes.forEach((shape, i) => shaped(shape).forEach((log, v) => (logUnary[(i + 1) * size + v]! += log)));
      return { logUnary };
    },
  };
}
