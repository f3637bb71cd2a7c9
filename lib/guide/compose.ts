import type { Tensor } from '@tensorflow/tfjs-core';
import { type Automaton, complement, fromUnary, intersect, union } from '../automaton/index.js';
import { type ClauseTree, foldClauses, leavesOf } from '../config/index.js';
import { prefixed, scoped } from '../engine/scope.js';
import { customGrad, tf } from '../engine/tf.js';
import type { HostTensor, HostTensors, Tensors } from '../engine/types.js';
import type { Vocabulary } from '../text/types.js';
import type { GradientGuide, PosteriorFactors, PosteriorGuide, StepState } from './contract.js';

/** A guide inside a composed one. */
export interface GradientMember {
  readonly label: string;
  /** Multiplies its log-probability. */
  readonly weight: number;
  readonly guide: GradientGuide<unknown>;
  readonly weights: HostTensors;
}

/** Several guides as one; its options are the list of theirs. */
export interface ComposedGradient {
  readonly guide: GradientGuide<readonly unknown[]>;
  readonly weights: HostTensors;
  /** Returns the log-probability of each guide and each group by its label, [B] nats. */
  logProbs(z: Tensor, state: StepState, inputs: Tensors, weights: Tensors): Record<string, Tensor>;
}

/**
 * Composes guides with the same gradient `via` as if they were independent: the product of p for `all`, 1 - product of 1 - p for `any`,
 * 1 - p for `not`. Guides with the same weights share them.
 *
 * @param during wraps the call that asks all of them
 */
export function composeGradients(
  tree: ClauseTree<GradientMember>,
  during: <T>(call: () => T) => T = (call) => call(),
): ComposedGradient {
  const members = leavesOf(tree);
  const prefixOf = (index: number) => `${index}/`;
  const weightsOf = members.map(({ weights }) => members.findIndex((other) => other.weights === weights));
  const merged = <T>(parts: readonly Readonly<Record<string, T>>[]): Record<string, T> =>
    Object.assign({}, ...parts.map((part, i) => prefixed(prefixOf(i), part))) as Record<string, T>;
  const ask: ComposedGradient['logProbs'] = (z, state, inputs, weights) => {
    const found: Record<string, Tensor> = {};
    const weighted = (label: string, weight: number, odds: Odds): Odds => {
      found[label] = odds.yes;
      return weight === 1 ? odds : oddsOf(tf.mul(odds.yes, weight));
    };
    foldClauses<GradientMember, Odds>(
      tree,
      (member) => {
        const index = members.indexOf(member);
        const own = scoped(prefixOf(weightsOf[index]!), weights);
        const logProb = member.guide.logProb(z, state, scoped(prefixOf(index), inputs), own);
        return weighted(member.label, member.weight, oddsOf(logProb));
      },
      (odds, { op, label, weight }) => weighted(label, weight, ODDS[op](odds)),
    );
    return found;
  };
  const logProbs: ComposedGradient['logProbs'] = (...args) => during(() => ask(...args));
  const root = 'leaf' in tree ? tree.leaf.label : tree.label;
  return {
    logProbs,
    weights: merged(members.map(({ weights }, i) => (weightsOf[i] === i ? weights : {}))),
    guide: {
      via: members[0]!.guide.via,
      encode: (rows, length): Record<string, HostTensor> =>
        merged(members.map(({ guide }, i) => guide.encode(rows.map((row) => (row === null ? null : row[i])), length))), // prettier-ignore
      logProb: (z, state, inputs, weights) => logProbs(z, state, inputs, weights)[root]!,
    },
  };
}

/** log p and log(1 - p), [B] nats. Keeping both makes a double negation exact. */
interface Odds {
  readonly yes: Tensor;
  readonly no: Tensor;
}

const oddsOf = (logProb: Tensor): Odds => ({ yes: logProb, no: log1mexp(logProb) });
const opposite = ({ yes, no }: Odds): Odds => ({ yes: no, no: yes });

/** Returns p + q (1 - p), exact however small both are, and (1 - p)(1 - q). */
const either = (p: Odds, q: Odds): Odds => ({ yes: logAddExp(p.yes, tf.add(q.yes, p.no)), no: tf.add(p.no, q.no) });

const ODDS: Readonly<Record<'all' | 'any' | 'not', (members: readonly Odds[]) => Odds>> = {
  any: (members) => members.reduce(either),
  all: (members) => opposite(members.map(opposite).reduce(either)), // De Morgan
  not: ([member]) => opposite(member!),
};

const logAddExp = (a: Tensor, b: Tensor): Tensor => tf.logSumExp(tf.stack([a, b], -1), -1);

/** Nats below which a log-probability counts as 0: sums over the tokens of a text are no more precise in float32. */
const SURE = 1e-7;
/** Nats from which 1 - p counts as 1; the exponential of more overflows float32. */
const HOPELESS = 80;

/**
 * Returns log(1 - e^x) for x <= 0. Its derivative, -1 / (e^-x - 1), is not clipped to 0 when p counts as 1: a control that must not hold
 * needs the gradient most when it surely does.
 *
 * @param x any shape
 */
export const log1mexp = customGrad((...inputs) => {
  const [x, save] = inputs as unknown as [Tensor, (tensors: Tensor[]) => void];
  const bounded = tf.clipByValue(x, -HOPELESS, -SURE);
  save([bounded]);
  const gradFunc = (dy: Tensor, saved: Tensor[]) => tf.div(dy, tf.neg(tf.expm1(tf.neg(saved[0]!))));
  return { value: tf.log(tf.neg(tf.expm1(bounded))), gradFunc };
});

/** A posterior guide inside a composed one. */
export interface PosteriorMember {
  readonly guide: PosteriorGuide<unknown>;
}

/** Composes hard constraints: those of automata, and log-factors of minus infinity. Finite log-factors are ignored. */
export function composePosteriors(tree: ClauseTree<PosteriorMember>, vocabulary: Vocabulary): PosteriorGuide<readonly unknown[]> {
  const members = leavesOf(tree);
  return {
    via: 'posterior',
    factors: (options) => ({
      automaton: foldClauses<PosteriorMember, Automaton>(
        tree,
        (member) => factsOf(member.guide.factors(options[members.indexOf(member)]), vocabulary),
        (facts, { op }) => (op === 'not' ? complement(facts[0]!) : facts.reduce(op === 'any' ? union : intersect)),
      ),
    }),
  };
}

function factsOf({ logUnary, automaton }: PosteriorFactors, vocabulary: Vocabulary): Automaton {
  if (!logUnary) return automaton!;
  const unary = fromUnary(logUnary, vocabulary);
  return automaton ? intersect(unary, automaton) : unary;
}
