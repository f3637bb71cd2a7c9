import type { Level } from '../diffusion/levels.js';
import type { Device, HostTensor, HostTensors, Program } from '../engine/types.js';
import { Interrupted } from '../errors.js';
import type { Denoiser } from '../model/types.js';
import {
  graphConstants,
  namedGuideInputs,
  stepGraph,
  stepInputs,
  type BatchSize,
  type LatentGuide,
  type StepVariant,
} from './graph.js';
import type { SteeringOptions } from './steering.js';

export interface SamplerSetup {
  readonly denoiser: Denoiser;
  readonly weights: HostTensors;
  readonly size: BatchSize;
  /** The reverse steps, the noisiest first. */
  readonly levels: readonly Level[];
  readonly temperature: number;
  /** Shares of the reverse steps between which predicted x_0 is clamped to the nearest embedding (Li et al. 2022, section 4.2). */
  readonly clamp: readonly [number, number] | false;
  readonly steering: SteeringOptions;
  readonly guides: readonly LatentGuide[];
}

/** One batch of texts to make. */
export interface SampleBatch {
  /** The latents at the start, standard normal [B, L, D]. */
  readonly start: Float32Array;
  /** Standard normal numbers of a reverse step, [B, L, D]. */
  noiseAt(step: number): Float32Array;
  /** Log-factors on the tokens, [B, L, V]. */
  readonly factors: Float32Array;
  /** Of each latent guide: what `encode` gave, with its `weight` []. */
  readonly guideInputs: readonly HostTensors[];
}

export interface SampleHooks {
  onStep?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
}

export interface Sampler {
  /** Token probabilities of the last step, [B, L, V] row-major. Errors: Interrupted. */
  sample(batch: SampleBatch, hooks?: SampleHooks): Promise<Float32Array>;
}

/** Makes the sampler of a run. Its graphs are traced as they are first needed. */
export function createSampler(device: Device, setup: SamplerSetup): Sampler {
  const programFor = stepPrograms(device, setup);
  return { sample: (batch, hooks = {}) => sampleBatch(device, setup, programFor, batch, hooks) };
}

type StepPrograms = (variant: StepVariant, guideInputs: HostTensors) => Promise<Program>;

function stepPrograms(device: Device, { denoiser, weights, guides, steering, size }: SamplerSetup): StepPrograms {
  const constants = graphConstants(weights, guides);
  const programs = new Map<string, Promise<Program>>();
  return (variant, guideInputs) => {
    const key = JSON.stringify(variant);
    const known = programs.get(key);
    if (known) return known;
    const specs = Object.entries(guideInputs).map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
    const program = device.compile(stepGraph(denoiser, guides, steering, variant), [...stepInputs(size), ...specs], constants);
    programs.set(key, program);
    return program;
  };
}

async function sampleBatch(
  device: Device,
  setup: SamplerSetup,
  programFor: StepPrograms,
  batch: SampleBatch,
  { onStep, signal }: SampleHooks,
): Promise<Float32Array> {
  const { levels, size } = setup;
  const { rows, maxTokens, embeddingWidth, vocabularySize } = size;
  const latents = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [rows, maxTokens, embeddingWidth], data });
  const guideInputs = namedGuideInputs(batch.guideInputs);
  const factors = device.put({ dtype: 'float32', shape: [rows, maxTokens, vocabularySize], data: batch.factors });
  const shared = { ...guideInputs, factors, fixed: fixedTokens(batch.factors, size), temperature: scalar(setup.temperature) };
  let carry = { x: latents(batch.start), previousX0: latents(new Float32Array(batch.start.length)) };
  try {
    for (const [step, level] of levels.entries()) {
      if (signal?.aborted) throw new Interrupted(`stopped before reverse step ${step + 1} of ${levels.length}`);
      const last = step === levels.length - 1;
      const program = await programFor(variantAt(step, setup), guideInputs);
      const feeds = { ...shared, ...levelFeeds(level), ...carry, noise: latents(batch.noiseAt(step)) };
      const out = await program.run(feeds, { fetch: last ? ['probs'] : ['x', 'previousX0'] });
      onStep?.(step + 1, levels.length);
      if (last) return out['probs']!.data as Float32Array;
      carry = { x: out['x']!, previousX0: out['previousX0']! };
    }
  } finally {
    factors.dispose();
  }
  throw new RangeError('a sampler needs at least one level');
}

/** Which parts act at a step: a window [from, to] holds the steps whose share of the way, step / steps, is from `from` to below `to`. */
function variantAt(step: number, { levels, guides, clamp }: SamplerSetup): StepVariant {
  const share = step / levels.length;
  const within = ([from, to]: readonly [number, number]) => share >= from && share < to; // shares are below 1: a window to 1 holds the last step
  return {
    active: guides.flatMap(({ window }, i) => (within(window) ? [i] : [])),
    clamp: clamp !== false && within(clamp),
  };
}

function fixedTokens(factors: Float32Array, { rows, maxTokens, vocabularySize }: BatchSize): HostTensor {
  const data = Float32Array.from({ length: rows * maxTokens }, (_, i) => {
    let allowed = 0;
    for (let v = i * vocabularySize; v < (i + 1) * vocabularySize && allowed < 2; v++) if (factors[v] !== -Infinity) allowed++;
    return allowed === 1 ? 1 : 0;
  });
  return { dtype: 'float32', shape: [rows, maxTokens, 1], data };
}

const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

function levelFeeds({ time, nextTime, alphaBar, nextAlphaBar, cX, c0, sigma }: Level): Record<string, HostTensor> {
  const numbers = { time, nextTime, alphaBar, nextAlphaBar, cX, c0, sigma };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, scalar(value)]));
}
