import type { Lattice } from './lattice.js';

/**
 * The most probable sequence of tokens that the automaton accepts (Viterbi 1967), under probabilities that are independent a place.
 *
 * @param probs [L, V]
 * @param factors log-factors that made `lattice`, [L, V]; -Infinity forbids
 * @returns the tokens, [L]
 * Errors: a RangeError for an empty lattice.
 */
export function bestSequence(lattice: Lattice, probs: Float32Array, factors: Float32Array): Int32Array {
  const { automaton, places, alive, offsets, to, set, sets, isEmpty } = lattice;
  if (isEmpty) throw new RangeError('the automaton accepts no text that the factors allow');
  const { states, accepting, start } = automaton;
  const choices = new Int32Array(places * sets.length); // the best token of each set at each place
  let behind = Float64Array.from(accepting, (ends) => (ends === 1 ? 0 : -Infinity)); // best log-probability of the rest
  const arcTaken = new Int32Array(places * states).fill(-1);
  for (let place = places - 1; place >= 0; place--) {
    const ofPlace = choices.subarray(place * sets.length, (place + 1) * sets.length);
    const scores = bestOfSets(lattice, place, probs, factors, ofPlace);
    const here = new Float64Array(states).fill(-Infinity);
    for (const state of alive[place]!) {
      for (let a = offsets[state]!; a < offsets[state + 1]!; a++) {
        const score = scores[set[a]!]! + behind[to[a]!]!;
        if (score <= here[state]!) continue;
        here[state] = score;
        arcTaken[place * states + state] = a;
      }
    }
    behind = here;
  }
  let state = start;
  return Int32Array.from({ length: places }, (_, place) => {
    const arc = arcTaken[place * states + state]!;
    state = to[arc]!;
    return choices[place * sets.length + set[arc]!]!;
  });
}

/** Of each set its most probable allowed token (into `choices`) and the token's log-probability, -Infinity where none is allowed. */
function bestOfSets(
  { automaton: { classOf, classes }, sets }: Lattice,
  place: number,
  probs: Float32Array,
  factors: Float32Array,
  choices: Int32Array,
): Float64Array {
  const size = classOf.length;
  const bestOfClass = new Int32Array(classes).fill(-1);
  for (let v = 0, at = place * size; v < size; v++, at++) {
    if (factors[at] === -Infinity) continue;
    const best = bestOfClass[classOf[v]!]!;
    if (best < 0 || probs[at]! > probs[place * size + best]!) bestOfClass[classOf[v]!] = v;
  }
  return Float64Array.from(sets, (set, u) => {
    let best = -1;
    for (const c of set) {
      const token = bestOfClass[c]!;
      if (token >= 0 && (best < 0 || probs[place * size + token]! > probs[place * size + best]!)) best = token;
    }
    choices[u] = best;
    return best < 0 ? -Infinity : Math.log(Math.max(probs[place * size + best]!, Number.MIN_VALUE)); // what is allowed has a chance
  });
}
