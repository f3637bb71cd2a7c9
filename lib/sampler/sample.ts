import { Interrupted } from '../base/errors.js';
import type { Device } from '../engine/types.js';
import type { SampleBatch, SamplerSetup } from './batch.js';
import { continued, type BranchPoint, type Latents } from './latents.js';
import { observeTogether, type RunStep, runSteps, type StepChoice } from './observer.js';
import { createStepRunner, type StepRunner } from './step-runner.js';

export interface SampleHooks {
  onStep?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
}

export interface Sampler {
  /**
   * Samples a batch.
   *
   * @returns token probabilities of the last step, [B, L, V] row-major: under the factors and tilts; decoding applies the automata
   * @throws Interrupted
   */
  sample(batch: SampleBatch, hooks?: SampleHooks): Promise<Float32Array>;
  /** Samples a batch up to and including a step that is not the last. @throws Interrupted */
  sampleUpTo(step: number, batch: SampleBatch, hooks?: SampleHooks): Promise<BranchPoint>;
}

/** Returns the sampler of a run. It compiles each of its graphs when it first needs it. */
export function createSampler(device: Device, setup: SamplerSetup): Sampler {
  const steps = runSteps(setup.steps, setup.until);
  const runner = createStepRunner(device, setup);
  return {
    async sample(batch, hooks = {}) {
      const end = await sampleBatch(runner, steps, batch, hooks);
      if (end.probs) return end.probs;
      throw new RangeError('a sampler needs at least one reverse step');
    },
    async sampleUpTo(step, batch, hooks = {}) {
      const end = await sampleBatch(runner, steps, batch, hooks, step);
      if (end.latents) return { step, latents: end.latents };
      throw new RangeError(`expected a step before the last one, got ${step}`);
    },
  };
}

/** The end of a batch: token probabilities after the last step, or the latents after an earlier one. */
interface SampledBatch {
  readonly probs?: Float32Array;
  readonly latents?: Latents;
}

/** Goes from noise to token probabilities: at each reverse step denoise, draw the next latents, observe. */
async function sampleBatch(
  runner: StepRunner,
  ofRun: readonly RunStep[],
  batch: SampleBatch,
  { onStep, signal }: SampleHooks,
  stopAfter = Infinity,
): Promise<SampledBatch> {
  const steps = ofRun.filter(({ step }) => step > (batch.departure?.step ?? -1));
  const observer = observeTogether(batch.observers ?? []);
  const run = runner.begin(batch);
  let latents = run.start;
  let ancestors: StepChoice;
  try {
    for (const [i, step] of steps.entries()) {
      if (signal?.aborted) throw new Interrupted(`stopped before reverse step ${i + 1} of ${steps.length}`);
      const request = observer.before(step, ancestors);
      const inputs = run.inputs(step, latents, request);
      const denoised = await run.denoise(step, inputs, request);
      const { next, seen } = await run.draw(step, { ...inputs, ...denoised }, request);
      ancestors = await observer.after(step, seen);
      onStep?.(i + 1, steps.length);
      if (next === undefined) return { probs: seen.probs! };
      latents = continued(next, ancestors);
      if (step.step === stopAfter) return { latents };
    }
  } finally {
    run.dispose();
  }
  return {};
}
