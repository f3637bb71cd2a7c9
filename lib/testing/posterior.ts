import { isDeepStrictEqual } from 'node:util';
import { emptiness, overSequences } from '../automaton/index.js';
import { keyOf, normal } from '../base/random.js';
import type { PosteriorFactors, PosteriorGuide, RewardSlope } from '../guide/contract.js';
import { addFactors, emptyPosition, sequenceFactors } from '../guide/factors.js';
import { factorsProblem, slopeProblem } from '../guide/results.js';
import { tilt } from '../guide/tilt.js';
import { claim, claimNear, optionsText } from './claims.js';
import type { Subject } from './subject.js';

const guideOf = async <O>(subject: Subject<O>) => (await subject.make('posterior')).guide as PosteriorGuide<O>;

/** Claims log-factors [L, V] of at most 0 nats or an automaton over the vocabulary, the same each time. */
export async function givesFactors<O>(subject: Subject<O>): Promise<void> {
  const [first, second] = [await guideOf(subject), await guideOf(subject)];
  for (const options of subject.examples) {
    const factors = first.factors(options);
    const problem = factorsProblem(factors, subject.info);
    claim(problem === undefined, () => `expected the factors of ${optionsText(options)} to be ${problem}`);
    const same = (other: PosteriorFactors) => isDeepStrictEqual(withoutReward(other), withoutReward(factors));
    claim(same(first.factors(options)), () => `the factors of ${optionsText(options)} changed from call to call`);
    claim(same(second.factors(options)), () => `the factors of ${optionsText(options)} changed from guide to guide`);
  }
}

const withoutReward = ({ reward: _, ...facts }: PosteriorFactors) => facts;

/** Claims of a reward, if there is one, that its gradient agrees with finite differences, leads upwards, and is the same each time. */
export async function rewardHasGradient<O>(subject: Subject<O>): Promise<void> {
  const { maxTokens, vocabulary } = subject.info;
  const size = maxTokens * vocabulary.size;
  const guide = await guideOf(subject);
  for (const options of subject.examples) {
    const { reward } = guide.factors(options);
    if (!reward) continue;
    const probs = probabilities(size, vocabulary.size, 5);
    const { value, gradient } = checkedSlope(reward(probs.slice()), size, options);
    const again = reward(probs.slice());
    claim(again.value === value, () => `the reward of ${optionsText(options)} changed from call to call`);
    claim(isDeepStrictEqual(again.gradient, gradient), () => `the gradient of ${optionsText(options)} changed from call to call`);
    const tilted = probs.slice();
    tilt(tilted, gradient, vocabulary.size);
    for (const [towards, what] of [
      [tilted, 'up the gradient'],
      [probabilities(size, vocabulary.size, 6), 'towards random probabilities'],
    ] as const) {
      const direction = towards.map((p, at) => p - probs[at]!);
      const at = (by: number) => checkedSlope(reward(probs.map((p, i) => p + by * direction[i]!)), size, options).value;
      const expected = gradient.reduce((sum, slope, i) => sum + slope * direction[i]!, 0);
      claimNear((at(H) - at(-H)) / (2 * H), expected, 1e-3 + 0.03 * Math.abs(expected), `the slope of the reward ${what}, compared with the gradient`); // prettier-ignore
      if (towards === tilted && expected > 1e-4)
        claim(
          at(2 * H) > value,
          () => `expected a small step up the gradient to raise the reward, it went from ${value} to ${at(2 * H)}`,
        );
    }
  }
}

/** Step of the finite differences, as a share of the way between two distributions. */
const H = 1e-2;

/** Returns the token probabilities of random logits, [L, V]. */
function probabilities(count: number, size: number, seed: number): Float32Array {
  const probs = new Float32Array(count).fill(1 / size);
  tilt(probs, Float32Array.from(normal(keyOf(seed), count)), size);
  return probs;
}

function checkedSlope(found: RewardSlope, size: number, options: unknown): RewardSlope {
  const problem = slopeProblem(found, size);
  claim(problem === undefined, () => `the reward of ${optionsText(options)} must return ${problem}`);
  return found;
}

/** Claims that factors allow START first, a token at every position, and a text that the automaton accepts. */
export async function leavesText<O>(subject: Subject<O>): Promise<void> {
  const { vocabulary, maxTokens } = subject.info;
  const guide = await guideOf(subject);
  for (const options of subject.examples) {
    const factors = sequenceFactors(maxTokens, vocabulary);
    const { logUnary, automaton } = guide.factors(options);
    if (logUnary) addFactors(factors, logUnary, 1);
    const empty = emptyPosition(factors, vocabulary.size);
    claim(empty === undefined, () => `the factors of ${optionsText(options)} allow no token at position ${empty}`);
    const start = factors[vocabulary.start];
    claim(start === 0, () => `the factors of ${optionsText(options)} give START ${start} nats at position 0, expected 0`);
    const reason = automaton && emptiness(overSequences(automaton, vocabulary), factors);
    claim(reason === undefined, () => `the automaton of ${optionsText(options)} accepts no text: ${optionsText(reason)}`);
  }
}
