import { DiffusteerError } from '../base/errors.js';
import type { RewardedText } from '../guide/contract.js';
import type { RunGuides } from '../plan/make-guides.js';
import { nameOf } from '../plan/guide-errors.js';

/** Rewards of texts. */
export interface Rewards {
  /** The weighted sum of the guides' rewards for each text, nats. */
  readonly total: Float64Array;
  /** The rewards of each guide, by its label, nats. */
  readonly each: Readonly<Record<string, readonly number[]>>;
}

/** Rewards are at least this, nats: e^-1000 is as good as forbidden, and differences stay finite. */
const LOWEST = -1000;

/**
 * Asks guides for the rewards of texts.
 *
 * @param targets the target of each text
 * @throws DiffusteerError that names the guide if it returns anything but one number per text
 */
export async function rewardsOf(
  guides: RunGuides['particles'],
  texts: readonly RewardedText[],
  targets: readonly number[],
): Promise<Rewards> {
  const total = new Float64Array(texts.length);
  const each: Record<string, readonly number[]> = {};
  for (const guide of guides) {
    const values = await valuesOf(guide, texts, targets);
    values.forEach((value, i) => (total[i]! += guide.weight * value));
    each[guide.label] = values;
  }
  return { total, each };
}

async function valuesOf(
  planned: RunGuides['particles'][number],
  texts: readonly RewardedText[],
  targets: readonly number[],
): Promise<readonly number[]> {
  const { guide, options } = planned;
  const rows = targets.map((target) => options[target]);
  const found: unknown = await guide.reward(texts, rows);
  const values = Array.isArray(found) ? (found as unknown[]) : [];
  const wrong = values.findIndex((value) => typeof value !== 'number' || Number.isNaN(value) || value === Infinity);
  if (values.length !== texts.length || wrong >= 0) {
    const got = wrong >= 0 ? `${String(values[wrong])} for ${JSON.stringify(texts[wrong]!.text)}` : `${values.length} of them`;
    throw new DiffusteerError(`${nameOf(planned)}: expected a reward for each of ${texts.length} texts, nats, got ${got}`);
  }
  return (values as number[]).map((value) => Math.max(value, LOWEST));
}
