import type { HostTensor, Program, State } from '../engine/types.js';
import { DiffusteerError, Interrupted } from '../base/errors.js';
import { ratesAt, type OptimizerOptions } from './optimizer.js';

/** What a training run reports of a step. */
export interface StepRecord {
  /** Steps done, 1 after the first. */
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

export interface TrainingLoop {
  readonly options: OptimizerOptions;
  readonly state: State;
  /** Steps that are done already. */
  readonly from: number;
  readonly programAt: (step: number) => Promise<Program>;
  readonly batchAt: (step: number) => Record<string, HostTensor>;
  /** Called after each step and awaited: logs, validates, saves. */
  readonly onStep: (record: StepRecord) => Promise<void>;
  /** Called once when the run is stopped from outside, to save. */
  readonly onInterrupt: (step: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the steps from `from` to the end. Errors: Interrupted after saving; a DiffusteerError where the loss is no number. */
export async function runLoop(loop: TrainingLoop): Promise<void> {
  const { options, state, batchAt, programAt } = loop;
  for (let step = loop.from; step < options.steps; step++) {
    if (loop.signal?.aborted) {
      await loop.onInterrupt(step);
      throw new Interrupted(`stopped after ${step} of ${options.steps} steps; the same command goes on from there`);
    }
    const rates = ratesAt(step, options);
    const rateFeeds = Object.entries(rates).map(([name, value]) => [`rate/${name}`, scalar(value as number)] as const);
    const program = await programAt(step);
    const out = await program.run({ ...batchAt(step), ...Object.fromEntries(rateFeeds) }, { state });
    const record = {
      step: step + 1,
      loss: out['loss']!.data[0]!,
      gradientNorm: out['gradientNorm']!.data[0]!,
      learningRate: rates.learningRate,
    };
    requireFinite(record);
    await loop.onStep(record);
  }
}

const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

function requireFinite({ step, loss, gradientNorm, learningRate }: StepRecord): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new DiffusteerError(
    `training: the loss of step ${step} is ${loss} and the norm of its gradient ${gradientNorm} (learning rate ${learningRate.toPrecision(3)}). ` +
      'The last checkpoint is untouched. Lower optimizer.peakLearningRate or optimizer.clipNorm, or lengthen optimizer.warmupSteps, and run again.',
  );
}
