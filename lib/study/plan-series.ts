import { join } from 'node:path';
import { countLines } from '../base/jsonl.js';
import type { GenerateConfig } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { type CheckedRun, checkRun } from '../plan/prepare.js';
import { shardLayout } from '../shard/index.js';
import type { PlannedRun } from './series.js';
import { forAll, type SeriesRun } from './varied.js';

/** Cost of a gradient move relative to a reverse step of an unguided text, roughly as with the shipped guides. */
const MOVE = 0.25;

/**
 * Checks every run of a series as `generate` would before its first text.
 *
 * @throws InputError with the problems of all runs
 */
export const planSeries = <R extends SeriesRun>(
  runs: readonly R[],
  registry: Registry,
  where: string,
): Promise<PlannedRun<R>[]> =>
  forAll(where, runs, async (run) => {
    const prepared = await checkRun(withoutBudgetToCome(run, runs), registry, run.where);
    const texts = prepared.plan.items.length;
    const done = await countLines(join(run.config.output, 'samples.jsonl'));
    return { run, texts, cost: costOf(prepared), done: Math.min(1, done / texts) };
  });

/** Leaves out the time budget that another run of the series still has to set. */
function withoutBudgetToCome({ config }: SeriesRun, runs: readonly SeriesRun[]): GenerateConfig {
  const { method } = config;
  if (method?.budgetOf === undefined || !runs.some((run) => run.config.output === method.budgetOf)) return config;
  const { budgetOf: _, ...rest } = method;
  return { ...config, method: rest };
}

function costOf({ config, plan, guides }: CheckedRun): number {
  const moves = guides.latent.length * config.steering.inner;
  return plan.items.length * shardLayout(config, plan).rowsPerText * config.sampler.steps * (1 + MOVE * moves);
}
