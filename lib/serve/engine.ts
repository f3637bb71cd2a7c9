import { DiffusteerError, InputError, inputErrorOnly, Interrupted, messageOf } from '../base/errors.js';
import { packageVersion } from '../base/locate.js';
import { openDevice } from '../engine/devices/open.js';
import type { Registry } from '../guide/registry.js';
import type { PlannedBranch } from '../plan/branch.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { SampleLine } from '../run/sample-line.js';
import type { BranchPoint, RunStep } from '../sampler/index.js';
import { departureOf, mayShare, rowsIn, sampleTextsUpTo, shardLayout, type ShardText, textsOfShard } from '../shard/index.js';
import type { CheckAnswer, GenerateEvent, GenerateOptions, JudgedClause, PlanEvent, StatusAnswer } from './api.js';
import { EventChannel } from './channel.js';
import { rememberedModels } from './models.js';
import { withoutMachinePaths } from './paths.js';
import { planEvent } from './plan-event.js';
import { fillerKeys, sizeFor, TextQueue } from './queue.js';
import { type CheckedRequest, checkRequest, type RequestContext } from './request.js';
import { type OpenDevice, WarmContexts } from './warm.js';

/** Judges finished texts. */
export interface RequestJudges {
  /** @returns for each text, the verdicts by label */
  judge(run: PreparedRun, lines: readonly SampleLine[]): Promise<Record<string, JudgedClause>[]>;
  /** Ends the processes of the judges. */
  stop?(): Promise<void>;
}

/** Options of an engine. */
export interface EngineOptions {
  readonly registry: Registry;
  /** Judges of finished texts. Default: none, so that `TextEvent.judged` is empty. */
  readonly judges?: RequestJudges;
  /** Most texts of a request. Default: 256. */
  readonly texts?: number;
  /** Opens the device that a config names. Default: `openDevice`. */
  readonly openDevice?: OpenDevice;
  /** Called with errors that are bugs, which readers of events only see as a short message. */
  readonly onBug?: (error: unknown) => void;
}

/** A run whose texts are being made. */
export interface EngineRun {
  readonly plan: PlanEvent;
  /**
   * Returns the events of the run: its plan, its steps and texts, then `done` or `error`. They have one reader. The work starts with the
   * call of `engine.run`; leaving the loop ends it within a step.
   */
  events(): AsyncGenerator<GenerateEvent>;
}

/** Makes the texts of many runs at once on warm devices. */
export interface Engine {
  /** Returns every problem of a request, or its plan. */
  check(request: unknown): Promise<CheckAnswer>;
  /**
   * Starts a run.
   *
   * @param options with a signal that ends it within a step
   * @throws InputError with every problem of the request, by JSON path
   */
  run(request: unknown, options?: GenerateOptions & { readonly signal?: AbortSignal }): Promise<EngineRun>;
  status(): Pick<StatusAnswer, 'version' | 'waiting' | 'running'> & { readonly limits: { readonly texts: number } };
  /** The resources that requests are checked with. */
  readonly context: RequestContext;
  /** Ends every run and frees the devices. */
  dispose(): Promise<void>;
}

/** Most candidates or trajectories of a request. */
const MOST_ROWS = 1024;
/** Number of texts whose latents are remembered for branches. */
const DEPARTURES = 64;

/** Returns an engine. It opens devices and models when a run first needs them. */
export function createEngine(options: EngineOptions): Engine {
  const { registry, judges, texts = 256, onBug = () => undefined } = options;
  const context = { registry, models: rememberedModels(), most: { texts, rows: MOST_ROWS } };
  const warm = new WarmContexts(options.openDevice ?? openDevice);
  const queue = new TextQueue(warm);
  const departures = new Map<string, BranchPoint>();
  const running = new Set<AbortController>();
  const parts: RunParts = { warm, queue, departures, judges, onBug };
  return {
    context,
    async check(request) {
      const checked = await checkRequest(request, context).catch(inputErrorOnly);
      if (checked instanceof InputError) return { problems: cleaned(checked).problems };
      const { event: _, ...plan } = planEvent(checked);
      return { problems: [], plan };
    },
    async run(request, { signal, ...options } = {}) {
      const begun = performance.now();
      const checked = await checkRequest(request, context).catch((error: unknown) => {
        throw error instanceof InputError ? cleaned(error) : error;
      });
      const stop = new AbortController();
      if (signal?.aborted) stop.abort();
      signal?.addEventListener('abort', () => stop.abort(), { once: true });
      running.add(stop);
      const channel = new EventChannel();
      const plan = planEvent(checked);
      channel.push(plan);
      const work = { checked, options, channel, signal: stop.signal, begun };
      void makeRun(parts, work).finally(() => running.delete(stop));
      return { plan, events: () => readUntilLeft(channel, stop) };
    },
    status: () => ({ version: packageVersion(), waiting: queue.waiting, running: running.size, limits: { texts } }),
    async dispose() {
      for (const stop of running) stop.abort();
      await queue.idle();
      await Promise.all([warm.dispose(), judges?.stop?.()]);
    },
  };
}

/** Returns an error whose problems name no path of the machine. */
const cleaned = ({ where, problems }: InputError): InputError =>
  new InputError(where, problems.map(({ path, message }) => ({ path, message: withoutMachinePaths(message) }))); // prettier-ignore

/** Yields the events of a run; leaving early ends the run. */
async function* readUntilLeft(channel: EventChannel, stop: AbortController): AsyncGenerator<GenerateEvent> {
  try {
    yield* channel.read();
  } finally {
    stop.abort();
  }
}

interface RunParts {
  readonly warm: WarmContexts;
  readonly queue: TextQueue;
  readonly departures: Map<string, BranchPoint>;
  readonly judges: RequestJudges | undefined;
  onBug(error: unknown): void;
}

interface RunWork {
  readonly checked: CheckedRequest;
  readonly options: GenerateOptions;
  readonly channel: EventChannel;
  readonly signal: AbortSignal;
  /** When the request came, ms of `performance.now`. */
  readonly begun: number;
}

/** Makes the texts of a run and reports them. Never rejects. */
async function makeRun(parts: RunParts, work: RunWork): Promise<void> {
  const { channel, checked, begun, signal } = work;
  try {
    const { run } = checked;
    const device = await parts.warm.device(run.config);
    const departure = run.branch && (await rememberedDeparture(parts, run.branch, signal));
    const waiting = textsOf(run).map((text) => ({ ...text, departure }));
    const startedAt = await queued(parts, work, waiting, mayShare(device, run));
    const now = performance.now();
    channel.push({
      event: 'done',
      texts: run.plan.items.length,
      ms: Math.round(now - begun),
      waitedMs: Math.round(startedAt - begun),
    });
  } catch (error) {
    const isExpected = error instanceof DiffusteerError;
    if (!isExpected) parts.onBug(error);
    const message = isExpected ? withoutMachinePaths(messageOf(error)) : 'an error inside the server, whose log has the details';
    channel.push({ event: 'error', message });
  } finally {
    channel.close();
  }
}

/** Puts the texts into the queue and reports them. @returns when the first step began */
function queued(parts: RunParts, work: RunWork, waiting: ShardText[], shares: boolean): Promise<number> {
  const { checked, options, channel, signal } = work;
  const { every = 1, top = 5 } = options;
  const { run } = checked;
  let left = waiting.length;
  let startedAt: number | undefined;
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Interrupted('the run was stopped'));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    parts.queue.add({
      run,
      waiting,
      shares,
      signal,
      reportsSteps: every > 0,
      wanted: (step: RunStep) => (every > 0 && (step.step % every === 0 || step.isLast) ? top : undefined),
      onStart: () => void (startedAt ??= performance.now()),
      onPredicted: ({ step, time }, texts) => channel.push({ event: 'step', step, time: Number(time.toFixed(4)), texts }),
      onLines(lines) {
        if (signal.aborted) return;
        const made = lines.map(({ line }) => line);
        judgedBy(parts.judges, run, made).then((judged) => {
          lines.forEach(({ line, chosen }, i) =>
            channel.push({ event: 'text', line, ...(chosen && { chosen }), judged: judged[i]! }),
          );
          left -= lines.length;
          if (left === 0) resolve(startedAt!);
        }, reject);
      },
      onError: reject,
    });
  });
}

const judgedBy: (
  judges: RequestJudges | undefined,
  ...of: Parameters<RequestJudges['judge']>
) => ReturnType<RequestJudges['judge']> = (judges, run, lines) =>
  judges?.judge(run, lines) ?? Promise.resolve(lines.map(() => ({})));

/** Returns all texts of a run. */
function textsOf(run: PreparedRun): ShardText[] {
  const layout = shardLayout(run.config, run.plan);
  return Array.from({ length: layout.shards }, (_, shard) => textsOfShard(run, layout, shard).texts).flat();
}

/** Returns the latents that a branch departs from: remembered, or made again. */
async function rememberedDeparture(
  parts: RunParts,
  branch: PlannedBranch<PreparedRun>,
  signal: AbortSignal,
): Promise<BranchPoint> {
  const { warm, queue, departures } = parts;
  const key = JSON.stringify([branch.of.config, branch.origin, branch.step, branch.candidate]);
  const known =
    departures.get(key) ??
    (await departureOf(branch, {
      isAlone: async (run) => mayShare(await warm.device(run.config), run),
      departureOf: (before) => rememberedDeparture(parts, before, signal),
      async sampleUpTo(step, run, { texts, filler }) {
        const used = rowsIn({ texts, filler });
        const rows = mayShare(await warm.device(run.config), run) ? sizeFor(used) : used;
        const batch = { texts, filler: [...filler, ...fillerKeys(rows - used)] };
        return queue.use(() => warm.use(run, rows, (context) => sampleTextsUpTo(context, batch, step, { signal })));
      },
    }));
  departures.delete(key);
  departures.set(key, known);
  for (const oldest of departures.keys()) if (departures.size > DEPARTURES) departures.delete(oldest);
  return known;
}
