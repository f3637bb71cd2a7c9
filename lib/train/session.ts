import { join } from 'node:path';
import { withLock } from '../base/lock.js';
import type { Key } from '../base/random.js';
import type { Device, HostTensor, HostTensors, Program, State } from '../engine/types.js';
import { initialParameters } from '../model/parameters.js';
import type { ParamSpec } from '../model/types.js';
import { writeCurves } from './curves.js';
import { progressOf, type ValidationProgress } from './early-stop.js';
import { type LogLine, openLog, readLog, type TrainingLog } from './log.js';
import { runLoop, type StepRecord } from './loop.js';
import { EMA, type OptimizerOptions } from './optimizer.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { stateSpecs } from './step.js';

/** Settings of every kind of training. */
export interface TrainingSettings {
  /** Output folder of checkpoint/, log.jsonl and curves.svg. */
  readonly folder: string;
  readonly device: Device;
  readonly optimizer: OptimizerOptions;
  /** Identifies config and data: a run resumes only under the same fingerprint. */
  readonly fingerprint: string;
  readonly checkpointMinutes: number;
  /** Optimizer steps between log lines with the results of `measure`. */
  readonly measureEvery: number;
  /**
   * Ends the training after this number of measurements without a better mean of `validation`; the saved model is then that of the best
   * one. Undefined or 0: never.
   */
  readonly patience?: number | undefined;
  /** Called with the EMA weights whenever the run is saved; with `patience`, whenever the validation is better than before. */
  saveModel(weights: HostTensors): Promise<void>;
}

/** The same of a training on rows, in batches whose order follows from the seed. */
export interface RowTrainingSettings extends TrainingSettings {
  readonly optimizer: OptimizerOptions & { readonly batchSize: number };
  readonly seed: number;
}

/** A training run. */
export interface TrainingJob extends TrainingSettings {
  readonly parameters: readonly ParamSpec[];
  /** Random key of the initial weights. */
  readonly key: Key;
  /** Returns the initial weights that are not random. Called only by a run without a snapshot. */
  start?(): Promise<HostTensors>;
  /** Called before the first step, once the folder is known to hold no other run. */
  onOpened?(): Promise<void>;
  programAt(step: number): Promise<Program>;
  batchAt(step: number): Record<string, HostTensor>;
  measure(state: State, step: number): Promise<Record<string, unknown>>;
}

export interface TrainingHooks {
  onStep?(record: StepRecord, steps: number): void;
  onMeasure?(line: LogLine): void;
  /** Called once if the training ends early. */
  onEarlyStop?(step: number, progress: ValidationProgress): void;
  readonly signal?: AbortSignal | undefined;
}

const LOG_EVERY = 50;

/**
 * Trains to the last step, from the newest snapshot if there is one.
 *
 * @returns false if the run had already finished and nothing was done
 * @throws Interrupted after saving; InputError if the folder holds another run or another process trains in it; DiffusteerError if the loss is
 *   not finite
 */
export const runTraining = (job: TrainingJob, hooks: TrainingHooks = {}): Promise<boolean> =>
  withLock(job.folder, 'train', () => trainIn(job, hooks));

async function trainIn(job: TrainingJob, hooks: TrainingHooks): Promise<boolean> {
  const { folder, device, parameters, optimizer } = job;
  const snapshot = await readSnapshot(join(folder, 'checkpoint'), stateSpecs(parameters), job.fingerprint);
  await job.onOpened?.();
  const from = snapshot?.step ?? 0;
  const past = await readLog(join(folder, 'log.jsonl'), from);
  if (from === optimizer.steps || isExhausted(job, progressOf(past))) return false;

  const state = device.state(snapshot?.tensors ?? (await freshState(job)));
  const log = await openLog(join(folder, 'log.jsonl'), from);
  const losses = [...(snapshot?.losses ?? [])];
  const { onStep, save } = recorder(job, hooks, { state, log, past, losses });
  try {
    const { programAt, batchAt } = job;
    await runLoop({
      options: optimizer,
      state,
      from,
      programAt,
      batchAt,
      onStep,
      onInterrupt: save,
      signal: hooks.signal,
    });
    await writeCurves(join(folder, 'curves.svg'), await readLog(join(folder, 'log.jsonl'), optimizer.steps));
    return true;
  } finally {
    await log.close();
    state.dispose();
  }
}

/** The records of a run: its state, its log, and what was measured. */
interface Records {
  readonly state: State;
  readonly log: TrainingLog;
  /** Lines of the log so far. */
  readonly past: LogLine[];
  /** Losses since the last line. */
  readonly losses: number[];
}

/** Returns what a run does after each step, which logs, measures and saves, and what saves it when it is interrupted. */
function recorder(job: TrainingJob, hooks: TrainingHooks, { state, log, past, losses }: Records) {
  const { steps } = job.optimizer;
  let savedAt = performance.now();
  const saveModel = async () => job.saveModel(await emaWeights(state, job.parameters));

  async function save(step: number): Promise<void> {
    if (!job.patience || progressOf(past).bestStep === 0) await saveModel();
    await writeSnapshot(join(job.folder, 'checkpoint'), state, { step, losses }, job.fingerprint);
    savedAt = performance.now();
  }

  async function onStep(record: StepRecord): Promise<boolean> {
    const { step } = record;
    hooks.onStep?.(record, steps);
    losses.push(record.loss);
    const last = step === steps;
    const measures = step % job.measureEvery === 0 || last;
    if (step % LOG_EVERY === 0 || measures) {
      const line = { ...record, loss: mean(losses.splice(0)), ...(measures ? await job.measure(state, step) : {}) };
      await log.append(line);
      past.push(line);
      if (measures) hooks.onMeasure?.(line);
    }
    const progress = progressOf(past);
    if (job.patience && measures && progress.bestStep === step) await saveModel();
    const ends = measures && isExhausted(job, progress);
    if (last || ends || performance.now() - savedAt > job.checkpointMinutes * 60_000) await save(step);
    if (ends && !last) hooks.onEarlyStop?.(step, progress);
    return ends;
  }

  return { onStep, save };
}

const isExhausted = ({ patience = 0 }: TrainingSettings, { since }: ValidationProgress): boolean =>
  patience > 0 && since >= patience;

/** Returns the state before the first step: zero moments, and EMA weights equal to the initial weights. */
async function freshState(job: TrainingJob): Promise<Record<string, HostTensor>> {
  const values = { ...initialParameters(job.parameters, job.key), ...(await job.start?.()) };
  const of = (prefix: string, make: (tensor: HostTensor) => HostTensor) =>
    Object.entries(values).map(([name, tensor]) => [prefix + name, make(tensor)] as const);
  const zeros = (tensor: HostTensor): HostTensor => ({ ...tensor, data: new Float32Array(tensor.data.length) });
  const copy = (tensor: HostTensor): HostTensor => ({ ...tensor, data: tensor.data.slice() });
  return Object.fromEntries([...of('', copy), ...of('m/', zeros), ...of('v/', zeros), ...of(EMA, copy)]);
}

/** Reads the EMA weights, under the names of the weights. */
export async function emaWeights(state: State, parameters: readonly ParamSpec[]): Promise<HostTensors> {
  const read = await state.read(parameters.map(({ name }) => EMA + name));
  return Object.fromEntries(parameters.map(({ name }) => [name, read[EMA + name]!]));
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
