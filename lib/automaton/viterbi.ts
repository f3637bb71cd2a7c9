import type { Lattice } from './lattice.js';

/**
 * Finds the most probable sequence of tokens that the automaton accepts (Viterbi 1967), under probabilities that are independent per
 * position.
 *
 * @param probs [L, V]
 * @param factors the log-factors of `lattice`, [L, V]; -Infinity forbids
 * @returns the tokens, [L]
 * @throws RangeError for an empty lattice
 */
export function bestSequence(lattice: Lattice, probs: Float32Array, factors: Float32Array): Int32Array {
  const { automaton, positions, alive, offsets, to, set, sets, isEmpty } = lattice;
  if (isEmpty) throw new RangeError('the automaton accepts no text that the factors allow');
  const { states, accepting, start } = automaton;
  const choices = new Int32Array(positions * sets.length); // the best token of each set at each position
  let after = Float64Array.from(accepting, (ends) => (ends === 1 ? 0 : -Infinity)); // best log-probability of the rest
  const arcTaken = new Int32Array(positions * states).fill(-1);
  for (let position = positions - 1; position >= 0; position--) {
    const ofPosition = choices.subarray(position * sets.length, (position + 1) * sets.length);
    const scores = bestOfSets(lattice, position, probs, factors, ofPosition);
    const here = new Float64Array(states).fill(-Infinity);
    for (const state of alive[position]!) {
      for (let a = offsets[state]!; a < offsets[state + 1]!; a++) {
        const score = scores[set[a]!]! + after[to[a]!]!;
        if (score <= here[state]!) continue;
        here[state] = score;
        arcTaken[position * states + state] = a;
      }
    }
    after = here;
  }
  let state = start;
  return Int32Array.from({ length: positions }, (_, position) => {
    const arc = arcTaken[position * states + state]!;
    state = to[arc]!;
    return choices[position * sets.length + set[arc]!]!;
  });
}

/** Writes the most probable allowed token of each set to `choices`; returns its log-probability, -Infinity if none is allowed. */
function bestOfSets(
  { automaton: { classOf, classes }, sets }: Lattice,
  position: number,
  probs: Float32Array,
  factors: Float32Array,
  choices: Int32Array,
): Float64Array {
  const size = classOf.length;
  const bestOfClass = new Int32Array(classes).fill(-1);
  for (let v = 0, at = position * size; v < size; v++, at++) {
    if (factors[at] === -Infinity) continue;
    const best = bestOfClass[classOf[v]!]!;
    if (best < 0 || probs[at]! > probs[position * size + best]!) bestOfClass[classOf[v]!] = v;
  }
  return Float64Array.from(sets, (set, u) => {
    let best = -1;
    for (const c of set) {
      const token = bestOfClass[c]!;
      if (token >= 0 && (best < 0 || probs[position * size + token]! > probs[position * size + best]!)) best = token;
    }
    choices[u] = best;
    return best < 0 ? -Infinity : Math.log(Math.max(probs[position * size + best]!, Number.MIN_VALUE)); // an allowed token has a chance
  });
}
