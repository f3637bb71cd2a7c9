import { keyOf, split } from '../base/random.js';
import { specsOf } from '../engine/scope.js';
import type { HostTensor, HostTensors, Program } from '../engine/types.js';
import type { ParamSpec } from '../model/types.js';
import { EMA } from './optimizer.js';
import { runTraining, type TrainingHooks, type TrainingSettings } from './session.js';
import { type Loss, rateSpecs, stateSpecs, trainingStep } from './step.js';

/** A network that trains on batches computed from the step number. */
export interface NetworkJob extends TrainingSettings {
  readonly parameters: readonly ParamSpec[];
  /** As TrainingJob.start. */
  start?(): Promise<HostTensors>;
  /** Loss of a batch from `batchAt`. */
  readonly loss: Loss;
  /** Returns the batch of a step, which depends on the step alone. Batches may differ in shape; each shape gets its own program. */
  batchAt(step: number): HostTensors;
  /** Returns the log entries for the EMA weights: `validation` by name in nats, `scores` by name from 0 to 1. */
  measure(weights: HostTensors, step: number): Promise<Record<string, unknown>>;
  readonly seed: number;
}

/**
 * Trains a network.
 *
 * @returns as runTraining
 * @throws as runTraining
 */
export function trainNetwork(job: NetworkJob, hooks: TrainingHooks = {}): Promise<boolean> {
  const { device, parameters, loss, optimizer, seed } = job;
  const programs = new Map<string, Promise<Program>>();
  const graph = trainingStep(parameters, loss, optimizer);
  const batchAt = rememberingLast((step: number) => job.batchAt(step));
  return runTraining(
    {
      ...job,
      key: split(keyOf(seed), 'parameters'),
      batchAt,
      programAt(step) {
        const specs = specsOf(batchAt(step));
        const shape = JSON.stringify(specs);
        if (!programs.has(shape)) programs.set(shape, device.compile(graph, [...stateSpecs(parameters), ...rateSpecs, ...specs]));
        return programs.get(shape)!;
      },
      async measure(state, step) {
        const tensors = await state.read(parameters.map(({ name }) => EMA + name));
        return job.measure(Object.fromEntries(parameters.map(({ name }) => [name, tensors[EMA + name]!])), step);
      },
    },
    hooks,
  );
}

function rememberingLast(batchAt: (step: number) => HostTensors): (step: number) => Record<string, HostTensor> {
  let last: { step: number; batch: Record<string, HostTensor> } | undefined;
  return (step) => {
    if (last?.step !== step) last = { step, batch: { ...batchAt(step) } };
    return last.batch;
  };
}
