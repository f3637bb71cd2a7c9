import type { Lattice, PositionTokens } from './lattice.js';
import { spreadSets, sumSets } from './set-sums.js';

/** Least probability of an allowed token: a softmax in float32 gives 0 to tokens that the automaton may need. */
const FLOOR = 1e-9;
/** A state with less than this probability contributes nothing in float32. */
const NEGLIGIBLE = 1e-14;
/** Below this a product of probabilities counts as 0, so that its inverse is finite. */
const SMALLEST = 1e-290;

/**
 * Computes the probabilities of the tokens of a text given that the automaton accepts it, from probabilities that are independent per
 * position (forward-backward, Baum 1970): p d log Z / d log p. Products are float64 and scaled per position; if the text is accepted with
 * probability below 1e-290, the floor of unlikely tokens rises until it is not.
 *
 * @param probs [L, V], rows sum to 1
 * @param out [L, V], may be `probs`
 * @returns log Z in nats, the log-probability that the automaton accepts (under `probs` with its floor)
 * @throws RangeError for an empty lattice
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
  const { automaton, positions, sets, sums, tokens } = lattice;
  const { classes, start } = automaton;
  const size = automaton.classOf.length;
  const masses = new Float64Array(positions * sets.length); // of each set at each position
  const ofClasses = new Float64Array(classes);
  for (let position = 0; position < positions; position++) {
    sumClasses(tokens[position]!, probs, position * size, floor, ofClasses);
    sumSets(sums, sets, ofClasses, masses.subarray(position * sets.length, (position + 1) * sets.length));
  }
  const backward = backwardPass(lattice, masses);
  if (backward === undefined) return undefined;

  let alpha = new Float64Array(automaton.states); // probability of each state before a position, given acceptance
  let next = new Float64Array(automaton.states);
  alpha[start] = 1;
  const ratios = new Float64Array(sets.length); // probability that a set is taken over its mass
  for (let position = 0; position < positions; position++) {
    ratios.fill(0);
    next.fill(0);
    forwardStep(lattice, position, masses, backward, alpha, next, ratios);
    ofClasses.fill(0);
    spreadSets(sums, sets, ratios, ofClasses);
    scaleClasses(tokens[position]!, probs, position * size, floor, ofClasses, out);
    [alpha, next] = [next, alpha];
  }
  return backward.logZ;
}

/** Sums the probability of each class at the position that begins at `row`; 0 for a forbidden class. */
function sumClasses(
  { classes, ends, from, to }: PositionTokens,
  probs: Float32Array,
  row: number,
  floor: number,
  out: Float64Array,
): void {
  out.fill(0);
  let r = 0;
  for (let g = 0; g < classes.length; g++) {
    const end = ends[g]!;
    let sum = 0; // a local variable stays in a register: these loops take most of the time
    for (; r < end; r++) {
      const after = row + to[r]!;
      for (let at = row + from[r]!; at < after; at++) sum += Math.max(probs[at]!, floor);
    }
    out[classes[g]!] = sum;
  }
}

/** Multiplies the probabilities of a position by the factors of their classes. */
function scaleClasses(
  { classes, ends, from, to }: PositionTokens,
  probs: Float32Array,
  row: number,
  floor: number,
  factors: Float64Array,
  out: Float32Array,
): void {
  let r = 0;
  for (let g = 0; g < classes.length; g++) {
    const end = ends[g]!;
    const factor = Math.max(factors[classes[g]!]!, 0); // rounding may leave a difference below 0
    for (; r < end; r++) {
      const after = row + to[r]!;
      for (let at = row + from[r]!; at < after; at++) out[at] = Math.max(probs[at]!, floor) * factor;
    }
  }
  for (; r < from.length; r++) out.fill(0, row + from[r]!, row + to[r]!);
}

interface Backward {
  /** Probability of acceptance from each state of each layer, [L + 1, states], scaled per layer. */
  readonly beta: Float64Array;
  /** Factors of the sums over the arcs of a state, [L]. */
  readonly scales: Float64Array;
  readonly logZ: number;
}

function backwardPass(
  { automaton, positions, alive, offsets, to, set, sets }: Lattice,
  masses: Float64Array,
): Backward | undefined {
  const { states, start, accepting } = automaton;
  const beta = new Float64Array((positions + 1) * states);
  const scales = new Float64Array(positions);
  for (const state of alive[positions]!) beta[positions * states + state] = accepting[state]!;
  let logZ = 0;
  for (let position = positions - 1; position >= 0; position--) {
    const here = beta.subarray(position * states, (position + 1) * states);
    const after = beta.subarray((position + 1) * states, (position + 2) * states);
    const mass = masses.subarray(position * sets.length, (position + 1) * sets.length);
    const layer = alive[position]!;
    let largest = 0;
    for (let i = 0; i < layer.length; i++) {
      const state = layer[i]!;
      const end = offsets[state + 1]!;
      let sum = 0;
      for (let a = offsets[state]!; a < end; a++) sum += mass[set[a]!]! * after[to[a]!]!;
      here[state] = sum;
      if (sum > largest) largest = sum;
    }
    if (!(largest > SMALLEST)) return undefined;
    const scale = 1 / largest;
    for (let i = 0; i < layer.length; i++) {
      const scaled = here[layer[i]!]! * scale;
      here[layer[i]!] = scaled < SMALLEST ? 0 : scaled;
    }
    scales[position] = scale;
    logZ += Math.log(largest);
  }
  if (beta[start] === 0) return undefined;
  return { beta, scales, logZ: logZ + Math.log(beta[start]!) };
}

function forwardStep(
  { automaton: { states }, alive, offsets, to, set, sets }: Lattice,
  position: number,
  masses: Float64Array,
  { beta, scales }: Backward,
  alpha: Float64Array,
  next: Float64Array,
  ratios: Float64Array,
): void {
  const here = beta.subarray(position * states, (position + 1) * states);
  const after = beta.subarray((position + 1) * states, (position + 2) * states);
  const mass = masses.subarray(position * sets.length, (position + 1) * sets.length);
  const layer = alive[position]!;
  for (let i = 0; i < layer.length; i++) {
    const state = layer[i]!;
    if (alpha[state]! < NEGLIGIBLE) continue;
    const share = (alpha[state]! * scales[position]!) / here[state]!;
    const end = offsets[state + 1]!;
    for (let a = offsets[state]!; a < end; a++) {
      const weight = share * after[to[a]!]!;
      ratios[set[a]!]! += weight;
      next[to[a]!]! += weight * mass[set[a]!]!;
    }
  }
}
