import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { jsonHash } from '../base/hash.js';
import { locate } from '../base/locate.js';
import { type GenerateConfig, readTargets } from '../config/index.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import type { FinishedShard } from '../run/kept-shards.js';
import type { Manifest, MethodRecord } from '../run/manifest.js';

/** Name of the queue and prefix of its keys in Redis. */
export const QUEUE = { name: 'shards', prefix: 'diffusteer' } as const;

/** Everything a worker on another machine needs to make shards of a run. */
export interface QueuedRun {
  /** The targets are in the config, not in a file. */
  readonly config: GenerateConfig;
  /** The config's file, for messages. */
  readonly where: string;
  readonly method?: MethodRecord | undefined;
  readonly facts: RunFacts;
}

/** What must be the same on all machines for the same bytes, by name. */
export type RunFacts = Readonly<Record<string, string>>;

/** A shard in the queue. */
export interface ShardData {
  /** Hash of the run; the run itself is kept once. */
  readonly run: string;
  readonly shard: number;
  /** Number of the shard's texts to trace, from the first. */
  readonly traced: number;
}

/** A finished shard, with the number of its reverse steps. */
export interface QueuedResult extends FinishedShard {
  readonly steps: number;
}

/** What a worker reports of a shard: steps, or that it cannot make it. */
export type ShardProgress =
  { readonly done: number; readonly of: number } | { readonly worker: string; readonly refuses: readonly string[] };

export const runKey = (run: string): string => `${QUEUE.prefix}:run:${run}`;

/** Names a shard and its traces: a shard that is in the queue is not added again. */
export const shardId = ({ run, shard, traced }: ShardData): string => `${run}-${shard}${traced > 0 ? `-${traced}` : ''}`;

/** Returns a run as other machines need it, and its hash. */
export async function queuedRun(
  config: GenerateConfig,
  where: string,
  manifest: Manifest,
): Promise<{ run: QueuedRun; hash: string }> {
  const { targets } = config;
  const read = typeof targets === 'string' ? (await readTargets(locate(targets))).map(({ fields }) => fields) : targets;
  const { workers: _, ...shared } = config;
  const { method } = manifest;
  const run = {
    config: { ...shared, targets: read, output: '.' },
    where,
    ...(method && { method }),
    facts: await factsOf(manifest),
  };
  const hash = jsonHash(run).slice(0, 32);
  return { run: run as QueuedRun, hash };
}

/** Returns what must be the same on all machines. */
export async function factsOf(manifest: Manifest): Promise<RunFacts> {
  const { version, device, threads, precision, model, decoder, method, plugins, files } = manifest;
  const facts: Record<string, string> = {
    ...{ 'version of diffusteer': version, device, threads: `${threads}`, precision, model: model.hash },
    ...(decoder && { 'language model of the decoder': decoder.hash }),
    ...(method?.hash !== undefined && { 'language model of the baseline': method.hash }),
  };
  for (const [name, hash] of Object.entries(plugins ?? {})) facts[`guide ${name}`] = hash;
  for (const [path, hash] of Object.entries(files ?? {}))
    facts[`file ${basename(path)}`] = `${facts[`file ${basename(path)}`] ?? ''}${hash}`;
  return { ...facts, ...(await trainedGuides(locate(model.path))) };
}

/** Returns the hashes of the checkpoints of guides next to a model. */
async function trainedGuides(model: string): Promise<RunFacts> {
  const found = await readdir(join(model, 'guides'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const entries = await Promise.all(
    files.sort().map(async (file) => [`guide file ${file.slice(model.length + 1)}`, await hashOf(file)]),
  );
  return Object.fromEntries(entries) as RunFacts;
}

/** Returns what a worker lacks for a run, in words. */
export function differentFacts(needed: RunFacts, own: RunFacts): string[] {
  const names = [...new Set([...Object.keys(needed), ...Object.keys(own)])];
  return names
    .filter((name) => needed[name] !== own[name])
    .map((name) => `${name}: the run has ${shown(needed[name])}, the worker ${shown(own[name])}`);
}

/** Shortens hashes. */
const shown = (value: string | undefined): string =>
  value === undefined ? 'none' : value.length > 40 ? value.slice(0, 12) : value;
