import { openLength } from '../guide/factors.js';
import type { TextConstraint } from '../plan/text-factors.js';
import { hasIndependentRows } from './independent-rows.js';
import type { ShardContext } from './shard-context.js';

/** The lengths of batches are multiples of this, since a device compiles programs for each. */
const LENGTH_STEP = 8;

/**
 * Returns how many tokens of a batch may be anything but PAD, rounded up. If a row must not depend on the others, it is all: what the denoiser
 * says about a text changes a little with the number of PAD tokens that it sees.
 */
export function lengthOf({ checkpoint, device }: ShardContext, constraints: readonly TextConstraint[]): number {
  const { maxTokens } = checkpoint.config;
  if (hasIndependentRows(device)) return maxTokens;
  const { vocabulary } = checkpoint.tokenizer;
  const longest = Math.max(...[...new Set(constraints)].map(({ factors }) => openLength(factors, vocabulary)));
  return Math.min(maxTokens, LENGTH_STEP * Math.ceil(longest / LENGTH_STEP));
}
