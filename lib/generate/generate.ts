import { join } from 'node:path';
import { InputError, inputError } from '../base/errors.js';
import { countLines } from '../base/jsonl.js';
import { withLock } from '../base/lock.js';
import { type GenerateConfig } from '../config/index.js';
import { openDevice } from '../engine/devices/open.js';
import type { Device } from '../engine/types.js';
import { type Registry, sourceOf } from '../guide/registry.js';
import { noticesOf } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import { type CheckedRun, checkRun, withModels } from '../plan/prepare.js';
import { checkSameRun, type Manifest, readManifest, writeManifest } from '../run/manifest.js';
import { type ExpectedText, openRunFiles } from '../run/run-files.js';
import { type SampleLine, textId } from '../run/sample-line.js';
import { shardLayout } from '../shard/index.js';
import { openShardsBy, teamOf } from '../workers/index.js';
import { type Crew, ownCrew, type RemoteCrew, shardJob, workerCrew } from './crew.js';
import { makeShards } from './make-shards.js';
import { manifestOf } from './manifest-of.js';

/** Callbacks and options of a call of `generate`. */
export interface GenerateHooks {
  /** Called once, before the first text, with what the guides have to say of their options. */
  onNotices?(notices: readonly string[]): void;
  /** Called once, before the first text. @param run with the number of worker processes, 1 if this process does the work */
  onStart?(run: { texts: number; done: number; device: string; threads: number; workers: number }): void;
  /** Called with each part of samples.jsonl that was written, in its order. */
  onSamples?(lines: readonly SampleLine[]): void;
  /** Counts the reverse steps of all texts together. */
  onProgress?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
  /** Number of texts, from the first, whose traces are written to traces.jsonl, also if they were made before. Default: none. */
  readonly trace?: number;
  /**
   * Returns how many CPU threads serve one batch best on this machine. Asked if the config sets neither `workers` nor `threads` and the run is
   * long: it is then shared by one worker for as many cores. Default: this process makes all texts unless the config sets `workers`.
   */
  readonly bestThreads?: (() => Promise<number>) | undefined;
  /** Makes the texts on other machines. Default: this one. */
  readonly crew?: RemoteCrew | undefined;
}

export interface GenerateResult {
  readonly folder: string;
  readonly texts: number;
  /** Texts that this call made; 0 if the run was finished before. */
  readonly made: number;
  /** Traces that this call made. */
  readonly traced: number;
}

/**
 * Makes the texts of a config in its output folder, or resumes a run that was stopped; the bytes are the same either way, and with any number
 * of workers.
 *
 * @param where the config's file, for messages
 * @throws InputError if the config or the folder cannot be used, or another process makes texts in the folder; Interrupted with all whole
 *   shards on the disk; a DiffusteerError that names the shard if two worker processes died on it
 */
export async function generate(
  config: GenerateConfig,
  registry: Registry,
  where: string,
  hooks: GenerateHooks = {},
): Promise<GenerateResult> {
  const run = await checkRun(config, registry, where);
  refuseTrace(config, hooks, where);
  hooks.onNotices?.(noticesOf(run.guides));
  return withLock(config.output, 'generate', () => generateIn(config.output, { run, config, registry, where }, hooks));
}

/** A checked run, and what another process needs to check it again. */
interface RunOrigin {
  readonly run: CheckedRun;
  readonly config: GenerateConfig;
  readonly registry: Registry;
  readonly where: string;
}

async function generateIn(folder: string, origin: RunOrigin, hooks: GenerateHooks): Promise<GenerateResult> {
  const { run, config } = origin;
  const begun = await readManifest(join(folder, 'run.json'));
  const { shards } = shardLayout(config, run.plan);
  const needs = { shards, begun: begun?.threads, isRemote: hooks.crew !== undefined, bestThreads: hooks.bestThreads };
  const team = await teamOf(config, sourceOf(origin.registry) ? needs : { ...needs, bestThreads: undefined });
  const device = await openDevice(config.device, { ...config, threads: team.threads });
  try {
    return await generateOn(device, origin, { begun, workers: team.workers }, hooks);
  } finally {
    await device.dispose();
  }
}

async function generateOn(
  device: Device,
  { run, config, registry, where }: RunOrigin,
  { begun, workers }: { begun: Manifest | undefined; workers: number },
  hooks: GenerateHooks,
): Promise<GenerateResult> {
  const { output: folder } = config;
  const texts = run.plan.items.length;
  const open = async () => (await openShardsBy(run.method !== undefined))(device, await withModels(run), begun?.method);
  const baseline = run.method && (await open()); // may measure how many candidates fit a budget
  const manifest = await manifestOf(device, run, baseline?.record);
  await checkBegun(folder, begun, manifest);
  const size = baseline?.size ?? shardLayout(config, run.plan).texts;
  const files = await openRunFiles(folder, expectedTexts(run.plan), size, hooks.trace ?? 0);
  const { unfinished } = files;
  const { signal } = hooks;
  let crew: Crew | undefined;
  try {
    const work = () => ({ job: shardJob(config, registry, where, manifest), manifest, unfinished, signal });
    const most = Math.min(workers, unfinished.length);
    if (hooks.crew) crew = await hooks.crew.open(work());
    else crew = most > 1 ? workerCrew(work(), most) : ownCrew(async () => baseline ?? open(), signal);
    hooks.onStart?.({ texts, done: files.texts, device: device.name, threads: device.threads, workers: crew.lanes });
    const traced = await makeShards(crew, files, hooks);
    return { folder, texts, made: texts - files.texts, traced };
  } finally {
    await crew?.stop();
    await files.close();
  }
}

/** Writes the manifest of a new run. @throws InputError if the folder holds another run */
async function checkBegun(folder: string, begun: Manifest | undefined, manifest: Manifest): Promise<void> {
  const path = join(folder, 'run.json');
  const samples = join(folder, 'samples.jsonl');
  const written = await countLines(samples);
  if (begun) return checkSameRun(path, begun, manifest, written === manifest.texts);
  if (written > 0) throw lostManifest(folder, samples);
  await writeManifest(path, manifest);
}

const expectedTexts = ({ items, targets }: Plan): ExpectedText[] =>
  items.map(({ target, sample }) => ({ id: textId(target, sample), target: targets[target]!.fields }));

const lostManifest = (folder: string, samples: string): InputError =>
  inputError(
    folder,
    `holds texts, but no run.json to say how they were made; choose another output folder, or remove ${samples} to start again`,
  );

/** Refuses `trace` with a baseline, which has no reverse steps. */
function refuseTrace({ method }: GenerateConfig, { trace = 0 }: GenerateHooks, where: string): void {
  if (!method || trace === 0) return;
  const message = `"${method.name}" has no reverse steps for \`--trace\` to write; leave out one of the two`;
  throw new InputError(where, [{ path: '/method', message }]);
}
