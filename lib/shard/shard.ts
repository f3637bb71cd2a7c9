import { type Key, keyOf, normal, seedOf, split } from '../base/random.js';
import type { GenerateConfig } from '../config/index.js';
import { decodeAccepted } from '../decode/accepted.js';
import { decodeArgmax, type Decoded } from '../decode/argmax.js';
import { mbrChoice } from '../decode/mbr.js';
import { concat } from '../engine/arrays.js';
import type { RewardedText } from '../guide/contract.js';
import { editLog, keepFactors } from '../plan/edit.js';
import { refuseBrokenLatents, refuseBrokenLogProbs } from '../plan/guide-errors.js';
import type { Plan } from '../plan/plan.js';
import { textConstraint, type TextConstraint } from '../plan/text-factors.js';
import { tiltOf } from '../plan/token-rewards.js';
import { type SampleLine } from '../run/sample-line.js';
import { type Trace } from '../run/trace.js';
import { weightController } from '../sampler/adaptive-weight.js';
import type { SampleBatch, SampleHooks } from '../sampler/sample.js';
import { fromCanvas } from '../text/canvas.js';
import type { Vocabulary } from '../text/types.js';
import { guideInputs } from './guide-inputs.js';
import { type Chosen, type ParticleRun, type ParticleSetup, startParticles } from './particle-run.js';
import { nats, resultsOf } from './results.js';
import type { ShardTools } from './shard-tools.js';
import { settled, tracesOf, watchRows } from './trajectory.js';

/** Texts that a shard holds: rows of a batch, of which each text has several where one of them is chosen. */
export const shardSize = (config: GenerateConfig, plan: Plan): number =>
  Math.max(1, Math.floor(config.batchSize / rowsPerText(config, plan)));

/** Rows of a batch that one text is chosen from: candidates of decoding, or trajectories. */
export function rowsPerText({ decode, particles }: GenerateConfig, { guides }: Plan): number {
  if (guides.some(({ via }) => via === 'particles')) return particles.count;
  return decode.name === 'mbr' ? decode.candidates : 1;
}

export const shardCount = (config: GenerateConfig, plan: Plan): number => Math.ceil(plan.items.length / shardSize(config, plan));

/** Rows of a batch: at least those of one text. */
export const batchRows = (config: GenerateConfig, plan: Plan): number => Math.max(config.batchSize, rowsPerText(config, plan));

interface BatchRow {
  /** Index of its item in the plan; undefined fills up the last shard. */
  readonly item: number | undefined;
  readonly key: Key;
}

export interface ShardHooks extends SampleHooks {
  /** How many of the shard's texts are traced, from the first. Default: none. */
  readonly traced?: number;
}

export interface MadeShard {
  readonly lines: readonly SampleLine[];
  /** Of the texts that are traced. What guides say of each step is asked when it is called. */
  traces(): Promise<Trace[]>;
}

/**
 * Makes the texts of a shard. Their noise follows from the run's seed and the places of the texts alone.
 * Errors: Interrupted; a DiffusteerError where a guide gave what is no number.
 */
export async function makeShard(tools: ShardTools, shard: number, { traced = 0, ...hooks }: ShardHooks = {}): Promise<MadeShard> {
  const { config, plan, checkpoint, sampler } = tools;
  const { vocabulary } = checkpoint.tokenizer;
  const rows = rowsOf(tools, shard);
  const constraints = constraintsOf(tools, rows);
  const controllers = tools.guides.latent.map(({ auto, window }) => auto && weightController(rows.length, window, auto));
  const batch = { ...(await begun(tools, rows, batchOf(tools, rows, constraints))), controllers };
  const ofRow = rowsOfSize(batch.factors.length / rows.length);
  const decodeRow = (row: number, probs: Float32Array) => decode(constraints[row]!, ofRow(row, probs), vocabulary);
  const particles = particlesOf(tools, rows, (row, probs) => readable(tools, decodeRow(row, probs).ids));
  const groups = groupsOf(rows, rowsPerText(config, plan));
  const watcher = watchRows(groups.slice(0, traced).flat(), (row, probs, isLast) => ({
    ids: decodeRow(row, probs).ids,
    probs: settled(constraints[row]!, ofRow(row, probs), isLast),
  }));
  const means = { ...(particles && { selection: particles.selection }), ...(traced > 0 && { watcher }) };
  const probs = await sampler.sample({ ...batch, ...means }, hooks); // [B, L, V]
  refuseBrokenLatents(probs, rows.length, tools.guides.latent);

  const decoded = rows.map((_, row) => decodeRow(row, probs).ids);
  const texts = decoded.map((ids) => readable(tools, ids));
  const logProbs = await scored(tools, decoded, batch);
  const chosen = particles ? await particles.choose(texts) : mostTypical(texts, groups);
  const lines = chosen.map(({ row, log, rewards }): SampleLine => {
    const { target, sample } = plan.items[rows[row]!.item!]!;
    return {
      id: `${target}-${sample}`,
      target: plan.targets[target]!.fields,
      sample,
      tokens: texts[row]!.tokens,
      text: texts[row]!.text,
      guides: resultsOf(tools.guides, { target, ids: decoded[row]!, row, logProbs, controllers, rewards }, vocabulary),
      ...(log ? { particles: { ...log, reward: nats(log.reward)! } } : {}),
      ...(tools.edits ? { edit: editLog(tools.edits.texts[target]!, texts[row]!.tokens) } : {}),
      ...(texts[row]!.truncated ? { truncated: true as const } : {}),
      seed: seedOf(rows[row]!.key),
    };
  });
  const toTrace = chosen.slice(0, traced).map(({ row }) => ({ row, ...plan.items[rows[row]!.item!]! }));
  return { lines, traces: () => tracesOf(tools, { watcher, texts: toTrace, decoded, guideInputs: batch.guideInputs }) };
}

async function scored({ scorer, guides }: ShardTools, decoded: readonly Int32Array[], { guideInputs }: SampleBatch) {
  const logProbs = await scorer.score(decoded, guideInputs);
  refuseBrokenLogProbs(logProbs, guides.latent);
  return logProbs;
}

/** The part of a row in a tensor [B, ...]. @param size numbers of a row */
const rowsOfSize =
  (size: number) =>
  (row: number, all: Float32Array): Float32Array =>
    all.subarray(row * size, (row + 1) * size);

interface ReadableText extends RewardedText {
  readonly truncated: boolean;
}

function readable({ checkpoint: { tokenizer } }: ShardTools, ids: Int32Array): ReadableText {
  const { tokens, truncated } = fromCanvas(ids, tokenizer.vocabulary);
  return { tokens, truncated, text: tokenizer.detokenize(tokens) };
}

/** The trajectories of a shard's texts, undefined where no guide acts by particles. */
function particlesOf(
  { config, plan, guides }: ShardTools,
  rows: readonly BatchRow[],
  textOf: ParticleSetup['textOf'],
): ParticleRun | undefined {
  if (guides.particles.length === 0) return undefined;
  const swarms = groupsOf(rows, config.particles.count).map((group) => ({
    rows: group,
    target: plan.items[rows[group[0]!]!.item!]!.target,
    key: rows[group[0]!]!.key,
  }));
  return startParticles({
    guides: guides.particles,
    options: config.particles,
    steps: config.sampler.steps,
    rows: rows.length,
    swarms,
    textOf,
  });
}

/** The rows of each text. */
function groupsOf(rows: readonly BatchRow[], perText: number): number[][] {
  const used = rows.filter(({ item }) => item !== undefined).length;
  return Array.from({ length: used / perText }, (_, text) => Array.from({ length: perText }, (_, k) => text * perText + k));
}

/** Of each text's candidates the one that minimum Bayes risk chooses. */
function mostTypical(
  texts: readonly ReadableText[],
  groups: readonly (readonly number[])[],
): (Pick<Chosen, 'row'> & Partial<Chosen>)[] {
  return groups.map((group) => ({ row: group[mbrChoice(group.map((row) => texts[row]!.tokens))]! }));
}

/** The batch with its start: noise, or where the run edits, its texts noised. Rows that fill the batch up take any of them. */
async function begun({ plan, edits }: ShardTools, rows: readonly BatchRow[], batch: SampleBatch): Promise<SampleBatch> {
  if (!edits?.noised) return batch;
  const ids = rows.map(({ item }) => edits.texts[item === undefined ? 0 : plan.items[item]!.target]!.ids);
  return { ...batch, ...(await edits.noised(ids, batch.start)) };
}

function batchOf(tools: ShardTools, rows: readonly BatchRow[], constraints: readonly TextConstraint[]): SampleBatch {
  const { maxTokens, embeddingWidth } = tools.checkpoint.config;
  const noise = (label: string | number) => concat(rows.map(({ key }) => normal(split(key, label), maxTokens * embeddingWidth)));
  const lattices = constraints.map(({ lattice }) => lattice);
  const tilts = constraints.map(({ rewards }) => tiltOf(rewards, tools.checkpoint.config.vocabularySize));
  return {
    start: noise('start'),
    noiseAt: noise,
    factors: concat(constraints.map(({ factors }) => factors)),
    ...(lattices.some((lattice) => lattice !== undefined) ? { lattices } : {}),
    ...(tilts.some((tilt) => tilt !== undefined) ? { tilts } : {}),
    guideInputs: guideInputs(
      tools.guides,
      rows.map(({ item }) => (item === undefined ? undefined : tools.plan.items[item]!.target)),
    ),
  };
}

/** The rows of a shard's batch: each item as often as its text has rows to be chosen from, and rows that fill the batch up. */
function rowsOf({ config, plan }: ShardTools, shard: number): BatchRow[] {
  const size = shardSize(config, plan);
  const candidates = rowsPerText(config, plan);
  const key = split(keyOf(config.sampler.seed ?? config.seed), 'shard', shard);
  return Array.from({ length: batchRows(config, plan) }, (_, i) => {
    const item = shard * size + Math.floor(i / candidates);
    const used = i < size * candidates && item < plan.items.length;
    return { item: used ? item : undefined, key: split(key, 'row', i) };
  });
}

/** Rows of one target share their constraint. */
function constraintsOf({ config, plan, guides, checkpoint, edits }: ShardTools, rows: readonly BatchRow[]): TextConstraint[] {
  const { size } = checkpoint.tokenizer.vocabulary;
  const keep = config.edit?.keep ?? 0;
  const kept = (target: number) => (edits && keep > 0 ? keepFactors(edits.texts[target]!, keep, size) : undefined);
  const known = new Map<number | undefined, TextConstraint>();
  return rows.map(({ item }) => {
    const target = item === undefined ? undefined : plan.items[item]!.target;
    const more = target === undefined ? undefined : kept(target);
    if (!known.has(target)) known.set(target, textConstraint(guides.posterior, checkpoint, target, more));
    return known.get(target)!;
  });
}

function decode({ factors, lattice }: TextConstraint, probs: Float32Array, vocabulary: Vocabulary): Decoded {
  return lattice ? decodeAccepted(lattice, probs, factors) : decodeArgmax(probs, vocabulary);
}
