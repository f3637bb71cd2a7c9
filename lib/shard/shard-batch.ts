import { type Key, keyOf, normal, split } from '../base/random.js';
import { concat } from '../engine/arrays.js';
import type { HostTensors } from '../engine/types.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import { textConstraint, type TextConstraint, tiltOf } from '../plan/text-factors.js';
import type { SampleBatch } from '../sampler/index.js';
import { keepFactors } from './edit.js';
import type { ShardContext } from './shard-context.js';

/** A row of a shard's batch. */
export interface BatchRow {
  /** Its text; undefined if the row only fills up the batch. */
  readonly item: Plan['items'][number] | undefined;
  readonly target: number | undefined;
  readonly key: Key;
}

/** The batch of a shard. */
export interface ShardBatch {
  readonly rows: readonly BatchRow[];
  /** For each text of the shard, the rows it is chosen from. */
  readonly groups: readonly (readonly number[])[];
  /** For each row, the texts it may become. */
  readonly constraints: readonly TextConstraint[];
  readonly toSample: SampleBatch;
}

/** Assembles the batch of a shard. Its noise depends only on the run's seed and the positions of the texts. */
export async function assembleBatch(context: ShardContext, shard: number): Promise<ShardBatch> {
  const { checkpoint, guides, given, noised } = context;
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const { rows, groups } = rowsOf(context, shard);
  const inputs = guideInputs(guides, rows.map(({ target }) => target)); // prettier-ignore
  const constraints = constraintsOf(context, rows);
  const lattices = constraints.map(({ lattice }) => lattice);
  const tilts = constraints.map(({ rewards }) => tiltOf(rewards, vocabularySize));
  const factors = concat(constraints.map((constraint) => constraint.factors)); // [B, L, V]
  const noiseAt = (label: string | number) =>
    concat(rows.map(({ key }) => normal(split(key, label), maxTokens * embeddingWidth)));
  const start = noiseAt('start'); // [B, L, D]
  const edited = given && noised && (await noised(rows.map(({ target = 0 }) => given[target]!.ids), start)); // prettier-ignore
  const toSample: SampleBatch = {
    ...(edited ?? { start }),
    noiseAt,
    factors,
    ...(lattices.some((lattice) => lattice !== undefined) ? { lattices } : {}),
    ...(tilts.some((tilt) => tilt !== undefined) ? { tilts } : {}),
    guideInputs: inputs,
  };
  return { rows, groups, constraints, toSample };
}

/** Returns the rows of a shard's batch: those of each text, then rows that fill up the batch, whose edits start from the first text. */
function rowsOf({ config, plan, layout }: ShardContext, shard: number): Pick<ShardBatch, 'rows' | 'groups'> {
  const { rowsPerText, texts } = layout;
  const key = split(keyOf(config.sampler.seed ?? config.seed), 'shard', shard);
  const items = plan.items.slice(shard * texts, (shard + 1) * texts);
  const rows = Array.from({ length: layout.rows }, (_, row): BatchRow => {
    const item = items[Math.floor(row / rowsPerText)];
    return { item, target: item?.target, key: split(key, 'row', row) };
  });
  const groups = items.map((_, text) => Array.from({ length: rowsPerText }, (_, k) => text * rowsPerText + k));
  return { rows, groups };
}

/** Returns the constraint of each row; rows of one target share it. */
function constraintsOf({ config, guides, checkpoint, given }: ShardContext, rows: readonly BatchRow[]): TextConstraint[] {
  const { size } = checkpoint.tokenizer.vocabulary;
  const keep = config.edit?.keep ?? 0;
  const known = new Map<number | undefined, TextConstraint>();
  return rows.map(({ target }) => {
    if (!known.has(target)) {
      const kept = given && target !== undefined && keep > 0 ? keepFactors(given[target]!, keep, size) : undefined;
      known.set(target, textConstraint(guides.posterior, checkpoint, target, kept));
    }
    return known.get(target)!;
  });
}

/** Returns the inputs of the latent guides. @param targets for each row of a batch; undefined for rows that fill it up */
export function guideInputs({ latent }: RunGuides, targets: readonly (number | undefined)[]): HostTensors[] {
  return latent.map(({ guide, options, weight }) => ({
    ...guide.encode(targets.map((target) => (target === undefined ? null : options[target]))),
    weight: { dtype: 'float32', shape: [targets.length], data: new Float32Array(targets.length).fill(weight) },
  }));
}
