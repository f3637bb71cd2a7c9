import { bestSequence, type Lattice } from '../automaton/index.js';

/** What a text shall obey: log-factors on the tokens, [L, V], and where automata say which texts are accepted, those that the factors leave. */
export interface Constraint {
  readonly factors: Float32Array;
  readonly lattice?: Lattice;
}

/** Nats that a place costs at which a text is not what is allowed: more than what is soft is worth. */
const MISS = 10;

/**
 * How well a finished text fits a constraint: its log-factors, less 10 nats for each place that would have to be another for the text to be
 * allowed. So texts that all break a hard fact still have an order.
 *
 * @param ids the canvas, [L]
 * @returns nats
 */
export function fitOf(ids: Int32Array, { factors, lattice }: Constraint): number {
  const size = factors.length / ids.length;
  let soft = 0;
  let forbidden = 0;
  ids.forEach((id, place) => {
    const factor = factors[place * size + id]!;
    if (factor === -Infinity) forbidden++;
    else soft += factor;
  });
  return soft - MISS * (lattice ? placesToChange(ids, lattice, factors) : forbidden);
}

/** The least number of places at which a text is different from one that is accepted. */
function placesToChange(ids: Int32Array, lattice: Lattice, factors: Float32Array): number {
  const size = factors.length / ids.length;
  const probs = new Float32Array(factors.length).fill(Math.exp(-MISS)); // the likeliest accepted text keeps the most tokens
  ids.forEach((id, place) => (probs[place * size + id] = 1));
  const nearest = bestSequence(lattice, probs, factors);
  return ids.reduce((sum, id, place) => sum + (id === nearest[place] ? 0 : 1), 0);
}
