import { DiffusteerError } from '../errors.js';
import type { RunGuides } from './guides.js';
import type { PlannedGuide } from './plan.js';

type Latent = RunGuides['latent'];

/**
 * Errors: a DiffusteerError that names the guides that may have done it, where the latents of a row ended as no numbers.
 *
 * @param probs of the last step, [B, L, V]
 */
export function refuseBrokenLatents(probs: Float32Array, rows: number, guides: Latent): void {
  const size = probs.length / rows;
  const isBroken = Array.from({ length: rows }, (_, row) => Number.isNaN(probs[row * size])).some(Boolean); // attention spreads it to all places
  if (!isBroken) return;
  const message = 'the latents became NaN: a gradient or a value that a guide gave is no number';
  throw new DiffusteerError(guides.length === 0 ? message : `${message}; it is of ${guides.map(nameOf).join(' or ')}`);
}

/** Errors: a DiffusteerError that names the guide that gave NaN for the log-probability of a finished text. */
export function refuseBrokenLogProbs(logProbs: readonly (Float32Array | undefined)[], guides: Latent): void {
  guides.forEach((guide, i) => {
    if (logProbs[i]?.some(Number.isNaN))
      throw new DiffusteerError(`${nameOf(guide)}: logProb gave NaN for a finished text at time 0, expected nats of at most 0`);
  });
}

/** A guide as errors name it, with its file where it is the user's own. */
export const nameOf = ({ label, factory: { origin } }: PlannedGuide): string =>
  `the guide "${label}"${origin === undefined ? '' : ` of ${origin.file}`}`;
