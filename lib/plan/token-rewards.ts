import { DiffusteerError } from '../base/errors.js';
import { isWithin } from '../diffusion/reverse-steps.js';
import type { TokenReward } from '../guide/contract.js';
import { slopeProblem } from '../guide/results.js';
import { oneHot, tilt } from '../guide/tilt.js';
import type { Tilt } from '../sampler/index.js';
import { nameOf } from './guide-errors.js';
import type { PlannedGuide } from './plan.js';

/** A reward over token probabilities, as a run follows it. */
export interface FollowedReward {
  readonly reward: TokenReward;
  readonly weight: number;
  /** Shares of the reverse steps between which it acts. */
  readonly window: readonly [number, number];
}

/** Returns the reward of a guide with its slopes checked. @throws DiffusteerError that names the guide if it gives no slope */
export function checkedReward(guide: Pick<PlannedGuide, 'label' | 'factory'>, reward: TokenReward): TokenReward {
  return (probs) => {
    const found: unknown = reward(probs);
    const problem = slopeProblem(found, probs.length);
    if (problem !== undefined) throw new DiffusteerError(`${nameOf(guide)}: reward must return ${problem}`);
    return found as ReturnType<TokenReward>;
  };
}

/**
 * Returns a function that tilts the token probabilities of a step by rewards: p e^(sum of weight dR/dp), all gradients taken at p; undefined if there are no rewards.
 *
 * @param size V
 */
export function tiltOf(rewards: readonly FollowedReward[], size: number): Tilt | undefined {
  if (rewards.length === 0) return undefined;
  return (probs, share) => {
    const logFactors = new Float32Array(probs.length);
    for (const { reward, weight, window } of rewards) {
      if (!isWithin(share, window)) continue;
      const { gradient } = reward(probs);
      for (let at = 0; at < gradient.length; at++) logFactors[at]! += weight * gradient[at]!;
    }
    tilt(probs, logFactors, size);
  };
}

/** The sum of rewards, each times its weight, of a finished text. @param ids [L] */
export const worthOf = (rewards: readonly FollowedReward[], ids: Int32Array, size: number): number =>
  rewards.reduce((sum, { reward, weight }) => sum + weight * reward(oneHot(ids, size)).value, 0);
