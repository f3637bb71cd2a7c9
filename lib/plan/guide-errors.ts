import { DiffusteerError } from '../base/errors.js';
import { leavesOf } from '../config/index.js';
import type { MadeGuide, RunGuides } from './make-guides.js';
import type { PlannedGuide } from './plan.js';

type Latent = RunGuides['latent'];

/**
 * Refuses latents that became NaN.
 *
 * @throws DiffusteerError that names the guides that may be at fault if the latents of a row are NaN
 *
 * @param probs of the last step, [B, L, V]
 */
export function refuseBrokenLatents(probs: Float32Array, rows: number, guides: Latent): void {
  const size = probs.length / rows;
  const isBroken = Array.from({ length: rows }, (_, row) => Number.isNaN(probs[row * size])).some(Boolean); // attention spreads it to all positions
  if (isBroken) throw brokenGradient('the latents became NaN: a gradient or a value that a guide gave is no number', guides);
}

/**
 * Refuses token probabilities that gradients of guides turned into NaN.
 *
 * @param probs [B, L, V]; at each position all are NaN or none is
 * @param size V
 * @throws DiffusteerError that names the guides that may be at fault
 */
export function refuseBrokenTilt(probs: Float32Array, size: number, guides: Latent): void {
  for (let at = 0; at < probs.length; at += size)
    if (Number.isNaN(probs[at])) throw brokenGradient('a gradient that a guide gave for a text at time 0 is no number', guides);
}

const brokenGradient = (message: string, guides: Latent): DiffusteerError =>
  new DiffusteerError(guides.length === 0 ? message : `${message}; it is of ${leavesOfAll(guides).map(nameOf).join(' or ')}`);

/** Refuses log-probabilities that are NaN. @throws DiffusteerError that names the guide that gave NaN for the log-probability of a finished text */
export function refuseBrokenLogProbs(logProbs: Readonly<Record<string, Float32Array>>, guides: Latent): void {
  for (const guide of leavesOfAll(guides)) {
    if (logProbs[guide.label]?.some(Number.isNaN))
      throw new DiffusteerError(`${nameOf(guide)}: logProb gave NaN for a finished text at time 0, expected nats of at most 0`);
  }
}

const leavesOfAll = (guides: Latent): readonly MadeGuide[] => guides.flatMap(({ tree }) => leavesOf(tree));

/** Returns the name of a guide for errors, with its file if it is a plugin. */
export const nameOf = ({ label, factory: { origin } }: Pick<PlannedGuide, 'label' | 'factory'>): string =>
  `the guide "${label}"${origin === undefined ? '' : ` of ${origin.file}`}`;
