import { join } from 'node:path';
import { InputError, inputError, Interrupted } from '../base/errors.js';
import { countLines } from '../base/jsonl.js';
import { packageVersion } from '../base/locate.js';
import { withLock } from '../base/lock.js';
import { type GenerateConfig } from '../config/index.js';
import { openDevice } from '../engine/devices/open.js';
import type { Device } from '../engine/types.js';
import type { Registry } from '../guide/registry.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import { filesOf, noticesOf } from '../plan/make-guides.js';
import type { Plan } from '../plan/plan.js';
import { type PreparedRun, prepareRun } from '../plan/prepare.js';
import { checkSameRun, type Manifest, type MethodRecord, readManifest, writeManifest } from '../run/manifest.js';
import { type ExpectedText, openRunFiles, type RunFiles } from '../run/run-files.js';
import { type SampleLine, textId } from '../run/sample-line.js';
import type { SampleHooks } from '../sampler/index.js';
import type { ShardMaker } from '../shard/index.js';
import { methodOf } from './method.js';

/** Callbacks and options of a call of `generate`. */
export interface GenerateHooks {
  /** Called once, before the first text, with what the guides have to say of their options. */
  onNotices?(notices: readonly string[]): void;
  /** Called once, before the first text. */
  onStart?(run: { texts: number; done: number; device: string; threads: number }): void;
  /** Called after each shard that was written. */
  onSamples?(lines: readonly SampleLine[]): void;
  /** Counts the reverse steps of all texts together. */
  onProgress?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
  /** Number of texts, from the first, whose traces are written to traces.jsonl, also if they were made before. Default: none. */
  readonly trace?: number;
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
 * Makes the texts of a config in its output folder, or resumes a run that was stopped; the bytes are the same either way.
 *
 * @param where the config's file, for messages
 * @throws InputError if the config or the folder cannot be used, or another process makes texts in the folder; Interrupted with all whole
 *   shards on the disk
 */
export async function generate(
  config: GenerateConfig,
  registry: Registry,
  where: string,
  hooks: GenerateHooks = {},
): Promise<GenerateResult> {
  const run = await prepareRun(config, registry, where);
  hooks.onNotices?.(noticesOf(run.guides));
  return withLock(config.output, 'generate', async () => {
    const device = await openDevice(config.device, config);
    try {
      return await generateOn(device, run, where, hooks);
    } finally {
      await device.dispose();
    }
  });
}

async function generateOn(device: Device, run: PreparedRun, where: string, hooks: GenerateHooks): Promise<GenerateResult> {
  const { config, plan } = run;
  refuseTrace(config, hooks, where);
  const folder = config.output;
  const texts = plan.items.length;
  const path = join(folder, 'run.json');
  const begun = await readManifest(path);
  const openShards = await methodOf(run.method !== undefined);
  const maker = await openShards(device, run, begun?.method);
  const manifest = await manifestOf(device, run, maker.record);
  const samples = join(folder, 'samples.jsonl');
  const written = await countLines(samples);
  if (!begun && written > 0) throw lostManifest(folder, samples);
  const isFinished = written === texts;
  if (begun) checkSameRun(path, begun, manifest, isFinished);
  else await writeManifest(path, manifest);

  const files = await openRunFiles(folder, expectedTexts(plan), maker.size, hooks.trace ?? 0);
  try {
    hooks.onStart?.({ texts, done: files.texts, device: device.name, threads: device.threads });
    const traced = await makeShards(maker, files, hooks);
    return { folder, texts, made: texts - files.texts, traced };
  } finally {
    await files.close();
  }
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

/** Makes the missing texts and traces of the shards. @returns how many texts were traced */
async function makeShards(maker: ShardMaker, files: RunFiles, hooks: GenerateHooks): Promise<number> {
  const { shards, unfinished } = files;
  let traced = 0;
  for (const [i, shard] of unfinished.entries()) {
    const progress = stepHooks(hooks, shards - unfinished.length + i, shards);
    const begunAt = performance.now();
    const { lines, traces } = await maker.make(shard, { ...progress, traced: files.missingTraces(shard) }).catch(saysHowToResume);
    const ms = Math.round(performance.now() - begunAt);
    const written = await files.append({ shard, lines, traces, ms });
    traced += written.traces;
    if (written.isNew) hooks.onSamples?.(lines);
  }
  return traced;
}

/** Only a run knows that its folder can be resumed; whatever was interrupted in it does not. */
function saysHowToResume(error: unknown): never {
  throw error instanceof Interrupted
    ? new Interrupted(`${error.message}; the same command resumes with the texts that are done`)
    : error;
}

async function manifestOf(
  device: Device,
  { config, checkpoint, plan, guides, decoder }: PreparedRun,
  method: MethodRecord | undefined,
): Promise<Manifest> {
  return {
    config,
    version: packageVersion(),
    node: process.version,
    device: device.name,
    threads: device.threads,
    precision: device.precision,
    model: { path: config.model, hash: checkpoint.hash },
    ...(decoder && { decoder: { path: decoder.options.model, hash: decoder.hash } }),
    ...pluginsOf(plan),
    ...(await hashesOf(filesOf(guides))),
    ...(method && { method }),
    texts: plan.items.length,
  };
}

async function hashesOf(files: readonly string[]): Promise<Pick<Manifest, 'files'>> {
  if (files.length === 0) return {};
  return { files: Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hashOf(file)] as const))) };
}

function pluginsOf({ guides }: Plan): Pick<Manifest, 'plugins'> {
  const hashes = guides.flatMap(({ factory: { name, origin } }) => (origin ? [[name, origin.hash] as const] : []));
  return hashes.length === 0 ? {} : { plugins: Object.fromEntries(hashes) };
}

function stepHooks({ onProgress, signal }: GenerateHooks, before: number, shards: number): SampleHooks {
  return { signal, onStep: (done, of) => onProgress?.(before * of + done, shards * of) };
}
