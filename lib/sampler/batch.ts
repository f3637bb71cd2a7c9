import type { Lattice } from '../automaton/index.js';
import type { ReverseStep } from '../diffusion/index.js';
import type { HostTensors } from '../engine/types.js';
import type { Denoiser } from '../model/types.js';
import type { BatchSize, LatentGuide } from './graph.js';
import type { BranchPoint } from './latents.js';
import type { StepObserver } from './observer.js';
import type { SteeringOptions } from './steering.js';

/** The parts that the batches of a run share. */
export interface SamplerSetup {
  readonly denoiser: Denoiser;
  readonly weights: HostTensors;
  readonly size: BatchSize;
  /** The reverse steps, the noisiest first; an edit takes only the last ones. */
  readonly steps: readonly ReverseStep[];
  /** Share of the reverse steps of the whole run before which sampling ends; default 1. It must leave a step. */
  readonly until?: number;
  readonly temperature: number;
  /** Shares of the reverse steps between which predicted x_0 is clamped to the nearest embedding (Li et al. 2022, section 4.2). */
  readonly clamp: readonly [number, number] | false;
  readonly steering: SteeringOptions;
  readonly guides: readonly LatentGuide[];
}

/** One batch of texts to sample. */
export interface SampleBatch {
  /** The first latents, [B, L, D], at the noise level of the first step: standard normal numbers, or noised texts. */
  readonly start: Float32Array;
  /** Predicted x_0 for the self-conditioning of the first step, [B, L, D]. Default: zeros. */
  readonly previousX0?: Float32Array;
  /** Continues another run instead of starting at the first step. */
  readonly departure?: BranchPoint;
  /** Returns the standard normal numbers of a reverse step, [B, L, D]. */
  noiseAt(step: number): Float32Array;
  /** Log-factors on the tokens, [B, L, V]. */
  readonly factors: Float32Array;
  /** Positions from which on the factors allow only PAD, in every row: the denoiser does not look at them. Default: L. */
  readonly length?: number;
  /** The texts that automata accept, for each row that has automata; made with the row's factors. Absent if no row has one. */
  readonly lattices?: readonly (Lattice | undefined)[];
  /** Reweighs the token probabilities of a row at every step, before its lattice does. Absent if no row has one. */
  readonly tilts?: readonly (Tilt | undefined)[];
  /** For each latent guide, the result of its `encode` and its `weight` in each row, [B]. */
  readonly guideInputs: readonly HostTensors[];
  /** Called around every reverse step. */
  readonly observers?: readonly StepObserver[];
}

/** Changes the token probabilities of a row in place, [L, V]. @param share of the reverse steps that came before */
export type Tilt = (probs: Float32Array, share: number) => void;
