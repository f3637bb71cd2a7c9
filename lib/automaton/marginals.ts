import type { Lattice, PlaceTokens } from './lattice.js';
import { spreadSets, sumSets } from './set-sums.js';

/** Probability that an allowed token has at least: a softmax in float32 gives 0 to tokens that the automaton may need. */
const FLOOR = 1e-9;
/** A state that is passed with less than this probability adds nothing that float32 shows. */
const NEGLIGIBLE = 1e-14;
/** Below this a product of probabilities counts as 0, so that its inverse is finite. */
const SMALLEST = 1e-290;

/**
 * The probabilities of the tokens of a text given that the automaton accepts it, where they are independent a place before
 * (forward-backward, Baum 1970): p d log Z / d log p. Products are kept in float64 and scaled a place; where the text is accepted with
 * less than 1e-290, unlikely tokens count for more until it is not.
 *
 * @param probs [L, V], rows sum to 1
 * @param out [L, V], may be `probs`
 * @returns log Z in nats, the log-probability that the automaton accepts (of `probs` with its floor)
 * Errors: a RangeError for an empty lattice.
 */
export function marginals(lattice: Lattice, probs: Float32Array, out: Float32Array): number {
  if (lattice.isEmpty) throw new RangeError('the automaton accepts no text that the factors allow');
  for (let floor = FLOOR; ; floor = Math.min(1, floor * 1e3)) {
    const logZ = attempt(lattice, probs, floor, out);
    if (logZ !== undefined) return logZ;
    if (floor === 1) throw new RangeError('the probability that the automaton accepts a text is below the range of numbers');
  }
}

function attempt(lattice: Lattice, probs: Float32Array, floor: number, out: Float32Array): number | undefined {
  const { automaton, places, sets, sums, tokens } = lattice;
  const { classes, start } = automaton;
  const size = automaton.classOf.length;
  const masses = new Float64Array(places * sets.length); // of each set at each place
  const ofClasses = new Float64Array(classes);
  for (let place = 0; place < places; place++) {
    sumClasses(tokens[place]!, probs, place * size, floor, ofClasses);
    sumSets(sums, sets, ofClasses, masses.subarray(place * sets.length, (place + 1) * sets.length));
  }
  const backward = backwardPass(lattice, masses);
  if (backward === undefined) return undefined;

  let alpha = new Float64Array(automaton.states); // of each state before a place, given acceptance
  let next = new Float64Array(automaton.states);
  alpha[start] = 1;
  const ratios = new Float64Array(sets.length); // probability that a set is taken over its mass
  for (let place = 0; place < places; place++) {
    ratios.fill(0);
    next.fill(0);
    forwardStep(lattice, place, masses, backward, alpha, next, ratios);
    ofClasses.fill(0);
    spreadSets(sums, sets, ratios, ofClasses);
    scaleClasses(tokens[place]!, probs, place * size, floor, ofClasses, out);
    [alpha, next] = [next, alpha];
  }
  return backward.logZ;
}

/** The probability of each class at a place that begins at `row`; 0 where it may not stand there. */
function sumClasses(
  { classes, ends, from, to }: PlaceTokens,
  probs: Float32Array,
  row: number,
  floor: number,
  out: Float64Array,
): void {
  out.fill(0);
  let r = 0;
  for (let g = 0; g < classes.length; g++) {
    const end = ends[g]!;
    let sum = 0; // in a register, not in memory: these loops are most of the time
    for (; r < end; r++) {
      const behind = row + to[r]!;
      for (let at = row + from[r]!; at < behind; at++) sum += Math.max(probs[at]!, floor);
    }
    out[classes[g]!] = sum;
  }
}

/** The probabilities of a place, each times the factor of its class. */
function scaleClasses(
  { classes, ends, from, to }: PlaceTokens,
  probs: Float32Array,
  row: number,
  floor: number,
  factors: Float64Array,
  out: Float32Array,
): void {
  let r = 0;
  for (let g = 0; g < classes.length; g++) {
    const end = ends[g]!;
    const factor = Math.max(factors[classes[g]!]!, 0); // a rounding error of a difference may be below
    for (; r < end; r++) {
      const behind = row + to[r]!;
      for (let at = row + from[r]!; at < behind; at++) out[at] = Math.max(probs[at]!, floor) * factor;
    }
  }
  for (; r < from.length; r++) out.fill(0, row + from[r]!, row + to[r]!);
}

interface Backward {
  /** Probability of acceptance from each state of each layer, [L + 1, states], each layer with a scale of its own. */
  readonly beta: Float64Array;
  /** What the sum over the arcs of a state is multiplied by, [L]. */
  readonly scales: Float64Array;
  readonly logZ: number;
}

function backwardPass({ automaton, places, alive, offsets, to, set, sets }: Lattice, masses: Float64Array): Backward | undefined {
  const { states, start, accepting } = automaton;
  const beta = new Float64Array((places + 1) * states);
  const scales = new Float64Array(places);
  for (const state of alive[places]!) beta[places * states + state] = accepting[state]!;
  let logZ = 0;
  for (let place = places - 1; place >= 0; place--) {
    const here = beta.subarray(place * states, (place + 1) * states);
    const behind = beta.subarray((place + 1) * states, (place + 2) * states);
    const mass = masses.subarray(place * sets.length, (place + 1) * sets.length);
    const layer = alive[place]!;
    let largest = 0;
    for (let i = 0; i < layer.length; i++) {
      const state = layer[i]!;
      const end = offsets[state + 1]!;
      let sum = 0;
      for (let a = offsets[state]!; a < end; a++) sum += mass[set[a]!]! * behind[to[a]!]!;
      here[state] = sum;
      if (sum > largest) largest = sum;
    }
    if (!(largest > SMALLEST)) return undefined;
    const scale = 1 / largest;
    for (let i = 0; i < layer.length; i++) {
      const scaled = here[layer[i]!]! * scale;
      here[layer[i]!] = scaled < SMALLEST ? 0 : scaled;
    }
    scales[place] = scale;
    logZ += Math.log(largest);
  }
  if (beta[start] === 0) return undefined;
  return { beta, scales, logZ: logZ + Math.log(beta[start]!) };
}

function forwardStep(
  { automaton: { states }, alive, offsets, to, set, sets }: Lattice,
  place: number,
  masses: Float64Array,
  { beta, scales }: Backward,
  alpha: Float64Array,
  next: Float64Array,
  ratios: Float64Array,
): void {
  const here = beta.subarray(place * states, (place + 1) * states);
  const behind = beta.subarray((place + 1) * states, (place + 2) * states);
  const mass = masses.subarray(place * sets.length, (place + 1) * sets.length);
  const layer = alive[place]!;
  for (let i = 0; i < layer.length; i++) {
    const state = layer[i]!;
    if (alpha[state]! < NEGLIGIBLE) continue;
    const share = (alpha[state]! * scales[place]!) / here[state]!;
    const end = offsets[state + 1]!;
    for (let a = offsets[state]!; a < end; a++) {
      const weight = share * behind[to[a]!]!;
      ratios[set[a]!]! += weight;
      next[to[a]!]! += weight * mass[set[a]!]!;
    }
  }
}
