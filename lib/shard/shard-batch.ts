import { type Key, keyOf, normal, split } from '../base/random.js';
import { concat, emptyArray } from '../engine/arrays.js';
import type { HostTensor, HostTensors } from '../engine/types.js';
import type { PlannedBranch } from '../plan/branch.js';
import type { RunGuides } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import type { PreparedRun } from '../plan/prepare.js';
import { type TextConstraint, tiltOf } from '../plan/text-factors.js';
import { type BranchPoint, type SampleBatch, stackLatents } from '../sampler/index.js';
import type { BatchTexts, ShardText } from './batch-texts.js';
import { makeConstraint, withConstraints } from './constraints.js';
import { lengthOf } from './sequence-length.js';
import { type ShardContext, shardLayout } from './shard-context.js';

/** A row of a shard's batch. */
export interface BatchRow {
  readonly run: PreparedRun;
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
  /** For each text of the shard, the doubt that it must stay under, nats; undefined if it may be any. */
  readonly toBeat: readonly (number | undefined)[];
  /** For each row, the texts it may become. */
  readonly constraints: readonly TextConstraint[];
  readonly toSample: SampleBatch;
}

/** Assembles a batch. Its noise depends only on the keys of its rows. */
export async function assembleBatch(context: ShardContext, batch: BatchTexts): Promise<ShardBatch> {
  const { checkpoint, noised, repairer } = context;
  const { maxTokens, embeddingWidth, vocabularySize } = checkpoint.config;
  const constrained = withConstraints(batch);
  const { rows, groups } = rowsOf(context, batch);
  const ofTexts = constrained.texts.flatMap(({ constraint, keys }) => keys.map(() => constraint));
  const free = rows.length > ofTexts.length ? [makeConstraint(rows.at(-1)!.run, undefined)] : [];
  const constraints = rows.map((_, row) => ofTexts[row] ?? free[0]!);
  const lattices = constraints.map(({ lattice }) => lattice);
  const tilts = constraints.map(({ rewards }) => tiltOf(rewards, vocabularySize));
  const factors = concat(constraints.map((constraint) => constraint.factors)); // [B, L, V]
  const length = lengthOf(context, ofTexts);
  const noiseAt = (label: string | number) =>
    concat(rows.map(({ key }) => normal(split(key, label), maxTokens * embeddingWidth)));
  const start = noiseAt('start'); // [B, L, D]
  const edited = noised && (await noised(rows.map(({ run, target = 0 }) => run.given![target]!.ids), start)); // prettier-ignore
  const sources = batch.texts.flatMap(({ repaired, keys }) => (repaired ? keys.map(() => repaired) : []));
  const departure = sources.length > 0 ? await repairer!(filled(sources, rows.length), start) : departureOf(batch, rows.length);
  const toSample: SampleBatch = {
    ...(edited ?? { start }),
    ...(departure && { departure }),
    noiseAt,
    factors,
    length,
    ...(lattices.some((lattice) => lattice !== undefined) ? { lattices } : {}),
    ...(tilts.some((tilt) => tilt !== undefined) ? { tilts } : {}),
    guideInputs: batchInputs(rows, length),
  };
  return { rows, groups, toBeat: batch.texts.map(({ toBeat }) => toBeat), constraints, toSample };
}

/**
 * Returns the texts of a shard of a run, and the rows that fill up its batch. Their keys depend only on the run's seed and their positions;
 * a branch keeps the keys of the text that it continues.
 */
export function textsOfShard(run: PreparedRun, layout: ShardContext['layout'], shard: number): BatchTexts {
  const { config, plan, branch } = run;
  const { candidates, rowsPerText, texts, rows } = layout;
  const kept = branch ? keysOfDeparture(branch) : [];
  const key = split(keyOf(config.sampler.seed ?? config.seed), 'shard', shard);
  const keys = Array.from({ length: Math.max(rows, texts * candidates) }, (_, row) => split(key, 'row', row));
  const items = plan.items.slice(shard * texts, (shard + 1) * texts);
  const used = items.length * candidates;
  return {
    texts: items.map((item, i) => {
      const own = keys.slice(i * candidates, (i + 1) * candidates);
      return { run, item, keys: own.map((key, row) => kept[row] ?? key) };
    }),
    filler: keys.slice(used, used + rows - items.length * rowsPerText),
  };
}

/** Returns the text that a branch departs from, as its own run makes it. */
export function originText({ of, origin }: PlannedBranch<PreparedRun>): ShardText {
  const layout = shardLayout(of.config, of.plan);
  return textsOfShard(of, layout, Math.floor(origin / layout.texts)).texts[origin % layout.texts]!;
}

/** Returns the keys of the text that a branch departs from, that of the continued candidate first. */
export function keysOfDeparture(branch: PlannedBranch<PreparedRun>): Key[] {
  const { keys } = originText(branch);
  return [keys[branch.candidate]!, ...keys.filter((_, candidate) => candidate !== branch.candidate)];
}

/** Returns the rows of a batch: those of each text, then rows that fill up the batch, whose edits start from the first text of a run. */
function rowsOf(context: ShardContext, { texts, filler }: BatchTexts): Pick<ShardBatch, 'rows' | 'groups'> {
  const run = texts.at(-1)?.run ?? context;
  const rows = [
    ...texts.flatMap(({ run, item, keys }) => keys.map((key): BatchRow => ({ run, item, target: item.target, key }))),
    ...filler.map((key): BatchRow => ({ run, item: undefined, target: undefined, key })),
  ];
  let next = 0;
  return { rows, groups: texts.map(({ keys }) => keys.map(() => next++)) };
}

/** Returns the sequences for all rows of a batch; the first one fills it up. */
const filled = (ids: readonly Int32Array[], rows: number): Int32Array[] =>
  Array.from({ length: rows }, (_, row) => ids[row] ?? ids[0]!);

/** Returns the latents that the batch continues; undefined if it starts from noise. */
function departureOf({ texts }: BatchTexts, rows: number): BranchPoint | undefined {
  const [first] = texts;
  if (!first?.departure) return undefined;
  const each = texts.flatMap(({ departure, keys }) => keys.map(() => departure!.latents));
  return { step: first.departure.step, latents: stackLatents(each, rows) };
}

/** Returns the inputs of the latent guides of a batch: each run encodes its own rows, which lie next to each other. */
function batchInputs(rows: readonly BatchRow[], length: number): HostTensors[] {
  const runs = [...new Set(rows.map(({ run }) => run))];
  const each = runs.map(({ guides }, r) => guideInputs(guides, rows.flatMap(({ run, target }) => (run === runs[r] ? [target] : [])), length)); // prettier-ignore
  return each[0]!.map((inputs, i) => (each.length === 1 ? inputs : joined(each.map((own) => own[i]!))));
}

/** Joins tensors of the same names along their first axis. */
function joined(each: readonly HostTensors[]): HostTensors {
  const join = (name: string): HostTensor => {
    const parts = each.map((tensors) => tensors[name]!);
    const { dtype, shape: one } = parts[0]!;
    const shape = [parts.reduce((sum, part) => sum + part.shape[0]!, 0), ...one.slice(1)];
    const data = emptyArray(dtype, shape);
    let at = 0;
    for (const part of parts) {
      data.set(part.data, at);
      at += part.data.length;
    }
    return { dtype, shape, data };
  };
  return Object.fromEntries(Object.keys(each[0]!).map((name) => [name, join(name)]));
}

/**
 * Returns the inputs of the latent guides.
 *
 * @param targets for each row of a batch; undefined for rows that fill it up
 * @param length number of tokens after which all rows have only PAD. Default: those of the model
 */
export function guideInputs({ latent }: RunGuides, targets: readonly (number | undefined)[], length?: number): HostTensors[] {
  return latent.map(({ guide, options, weight }) => ({
    ...guide.encode(targets.map((target) => (target === undefined ? null : options[target])), length), // prettier-ignore
    weight: { dtype: 'float32', shape: [targets.length], data: new Float32Array(targets.length).fill(weight) },
  }));
}
