import { bestSequence, type Lattice } from '../automaton/index.js';

/** The constraint on a text. */
export interface Constraint {
  /** Log-factors of the tokens, [L, V]; -Infinity forbids. */
  readonly factors: Float32Array;
  /** The texts that automata accept among those the factors allow; absent if no guide has an automaton. */
  readonly lattice?: Lattice;
}

/** Penalty per position that violates the constraint, nats: more than soft factors are worth. */
const MISS = 10;

/**
 * Returns how well a finished text fits a constraint: the sum of its log-factors, less 10 nats for each position that must change for the text to
 * be allowed. Texts that all violate a hard constraint can thus still be ranked.
 *
 * @param ids token ids, [L]
 * @returns the fit in nats
 */
export function fitOf(ids: Int32Array, { factors, lattice }: Constraint): number {
  const size = factors.length / ids.length;
  let soft = 0;
  let forbidden = 0;
  ids.forEach((id, position) => {
    const factor = factors[position * size + id]!;
    if (factor === -Infinity) forbidden++;
    else soft += factor;
  });
  return soft - MISS * (lattice ? positionsToChange(ids, lattice, factors) : forbidden);
}

/** Returns the fewest positions at which a text differs from an accepted one. */
function positionsToChange(ids: Int32Array, lattice: Lattice, factors: Float32Array): number {
  const size = factors.length / ids.length;
  const probs = new Float32Array(factors.length).fill(Math.exp(-MISS)); // the most likely accepted text keeps the most tokens
  ids.forEach((id, position) => (probs[position * size + id] = 1));
  const nearest = bestSequence(lattice, probs, factors);
  return ids.reduce((sum, id, position) => sum + (id === nearest[position] ? 0 : 1), 0);
}
