import type { Vocabulary } from '../text/types.js';
import { beamSearch, type FoundText, type SearchHooks, type SearchSpace, weighted } from './beam-search.js';
import type { NextWords } from './next-words.js';

export interface JointOptions {
  /** Beams per text. */
  readonly width: number;
  /** Multiplies the log-probability of the language model. */
  readonly weight: number;
  /** Squares the costs of the language model: a token of surprisal s costs s² / pivot, nats. Default: s. */
  readonly pivot?: number | undefined;
  /** The surprisal of each token without context less that of a usual word, [V] nats. Default: none. */
  readonly surprisals?: Float32Array | undefined;
  /** Share of `surprisals` that is added to the scores, since the language model counts it already. Default: 0. */
  readonly prior?: number | undefined;
  /** Share of `surprisals` that is taken off surprisals under the language model, so that no word costs more for being rare. Default: 0. */
  readonly rarity?: number | undefined;
  /** What a word costs for each time that it stands among the 8 words before, nats; words no rarer than usual count side by side only. Default: 0. */
  readonly echo?: number | undefined;
}

/** A text to find. */
export interface JointRequest {
  /** Token probabilities of a reverse step, [L, V]. */
  readonly probs: Float32Array;
  /** The texts that it may become. */
  readonly space: SearchSpace;
  /** The text is wanted only if its least gains sum to more than this, nats. Default: whatever they are. */
  readonly above?: number | undefined;
}

/** Lower bound of the log-probabilities of a step, nats, so that the language model can overrule a position. */
const FLOOR = -20;

/** Rows of the decoder: enough for its products to run at speed, few enough that they fit the cache. */
const ROWS = 256;
/** Rows for searches that may be given up: they end at different times, and leave room for others only if not all of them run at once. */
const BOUNDED_ROWS = 64;

/** Returns one of few numbers of searches, since a device compiles a program for each: 1, 2, 4, 8, 12, 16 ... */
const roundedUp = (searches: number): number => (searches > 2 ? 4 * Math.ceil(searches / 4) : searches);

/**
 * Finds for each request the text with the largest sum over positions of ln p_i(token), plus `weight` times its log-probability under a language
 * model: the token probabilities of a step are independent, the language model is what binds the words together. The search is a beam search.
 *
 * What is likely anywhere is so under both models and would count twice. With `prior` 1 and `surprisals` -ln q the search has ln p_i - ln q instead
 * of ln p_i: how much more likely the step makes a token than it is anywhere, as Bayes' rule with the language model as the prior has it.
 *
 * With `pivot` the language model's part is -s² / pivot for each token of surprisal s: it asks for texts without an unlikely word rather than for
 * likely texts, which are alike (the squared regularizer of Meister, Cotterell and Vieira 2020, arXiv 2010.02650, in place of the probability).
 * With `rarity` s is the surprisal less that share of the token's surprisal without context: people's judgements of sentences follow
 * the difference better than s, which is high for rare words and for faults alike (SLOR, Lau, Clark and Lappin 2017).
 *
 * @param model over the same vocabulary, for texts of L tokens
 * @returns one text per request; its gains are those of both models, without what `prior` adds. Undefined if none was found that is wanted
 * @throws Interrupted if `signal` aborts
 */
export async function decodeJointly(
  model: NextWords,
  requests: readonly JointRequest[],
  { width, weight, pivot, surprisals, prior = 0, rarity = 0, echo = 0 }: JointOptions,
  hooks: SearchHooks = {},
): Promise<(FoundText | undefined)[]> {
  const { vocabulary } = model;
  const rows = requests.some(({ above }) => above !== undefined) ? BOUNDED_ROWS : ROWS;
  const shareOf = (share: number) => (share > 0 ? surprisals?.map((nats) => share * nats) : undefined);
  const extra = shareOf(prior);
  const together = Math.max(1, Math.min(roundedUp(requests.length), Math.floor(rows / width)));
  const searches = requests.map(({ probs, space, above }) => ({
    lattice: space.lattice,
    factors: jointFactors(probs, space.factors, vocabulary, weight, extra),
    wanted: 1,
    apart: extra,
    above,
  }));
  const echoes = echo > 0 ? { nats: echo, isContent: Array.from(surprisals ?? [], (nats) => nats > 0) } : undefined;
  const options = { width, scoresOf: weighted(weight, { pivot, allowances: shareOf(rarity) }), echoes };
  const found = await beamSearch(model.beamDecoder(together, width), vocabulary, searches, options, hooks);
  return found.map(([text]) => text);
}

/**
 * Returns ln p of the allowed tokens as log-factors, [L, V]. END at a position takes with it ln p of PAD at all later ones, so that ending a text
 * costs what the step says it costs. The factors of guides count as often as the language model does: p has them once, and a language model
 * that weighs more would otherwise outvote them.
 *
 * @param probs [L, V], which include soft factors
 * @param factors [L, V]; -Infinity forbids
 * @param extra added to the factor of each token, [V] nats
 */
export function jointFactors(
  probs: Float32Array,
  factors: Float32Array,
  { size, end, pad }: Vocabulary,
  weight: number,
  extra?: Float32Array,
): Float32Array {
  const more = Math.max(0, weight - 1);
  const out = new Float32Array(probs.length);
  const logProb = (at: number): number => Math.max(Math.log(probs[at]!), FLOOR);
  let padded = 0; // ln p of PAD at all later positions
  for (let from = probs.length - size; from >= 0; from -= size) {
    for (let at = from; at < from + size; at++)
      out[at] = factors[at] === -Infinity ? -Infinity : logProb(at) + more * factors[at]! + (extra ? extra[at - from]! : 0);
    out[from + end]! += padded;
    padded += logProb(from + pad);
    out[from + pad] = factors[from + pad]!; // its cost is in that of END
  }
  return out;
}
