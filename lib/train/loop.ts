import { DiffusteerError, Interrupted } from '../base/errors.js';
import type { HostTensor, Program, State } from '../engine/types.js';
import { type OptimizerOptions, ratesAt } from './optimizer.js';

/** Report of a training step. */
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
  /** Steps already done. */
  readonly from: number;
  readonly programAt: (step: number) => Promise<Program>;
  readonly batchAt: (step: number) => Record<string, HostTensor>;
  /** Called and awaited after each step: logs, validates, saves. Returns whether the training ends here. */
  readonly onStep: (record: StepRecord) => Promise<boolean>;
  /** Called once when the run is interrupted, to save. */
  readonly onInterrupt: (step: number) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the steps from `from` to the end. @throws Interrupted after saving; DiffusteerError if the loss is not finite */
export async function runLoop(loop: TrainingLoop): Promise<void> {
  const { options, state, batchAt, programAt } = loop;
  for (let step = loop.from; step < options.steps; step++) {
    if (loop.signal?.aborted) {
      await loop.onInterrupt(step);
      throw new Interrupted(`stopped after ${step} of ${options.steps} steps; run the same command again to resume`);
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
    if (await loop.onStep(record)) return;
  }
}

const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

function requireFinite({ step, loss, gradientNorm, learningRate }: StepRecord): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new DiffusteerError(
    `training: the loss of step ${step} is ${loss} and the norm of its gradient ${gradientNorm} (learning rate ${learningRate.toPrecision(3)}). ` +
      'The last checkpoint is untouched. Lower optimizer.peakLearningRate or optimizer.clipNorm, or raise optimizer.warmupSteps, and run again.',
  );
}
