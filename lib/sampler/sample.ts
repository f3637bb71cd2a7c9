import { type Lattice, marginals } from '../automaton/index.js';
import { Interrupted } from '../base/errors.js';
import type { ReverseStep } from '../diffusion/reverse-steps.js';
import type { Device, GraphFunction, HostTensor, HostTensors, Program, Resident, TensorSpec } from '../engine/types.js';
import type { Denoiser } from '../model/types.js';
import type { WeightController } from './adaptive-weight.js';
import {
  type BatchSize,
  denoisingGraph,
  givenInputs,
  graphConstants,
  guideLogProb,
  guideWeight,
  type LatentGuide,
  namedGuideInputs,
  stepGraph,
  stepInputs,
  type StepVariant,
  wantsLogits,
} from './graph.js';
import type { SteeringOptions } from './steering.js';

export interface SamplerSetup {
  readonly denoiser: Denoiser;
  readonly weights: HostTensors;
  readonly size: BatchSize;
  /** The reverse steps, the noisiest first; the last ones of them alone where texts are edited. */
  readonly levels: readonly ReverseStep[];
  readonly temperature: number;
  /** Shares of the reverse steps between which predicted x_0 is clamped to the nearest embedding (Li et al. 2022, section 4.2). */
  readonly clamp: readonly [number, number] | false;
  readonly steering: SteeringOptions;
  readonly guides: readonly LatentGuide[];
}

/** One batch of texts to make. */
export interface SampleBatch {
  /** The latents at the start, at the noise of the first level, [B, L, D]: standard normal numbers, or texts noised. */
  readonly start: Float32Array;
  /** What the first step takes for the x_0 that was predicted before it, [B, L, D]. Default: zeros. */
  readonly previousX0?: Float32Array;
  /** Standard normal numbers of a reverse step, [B, L, D]. */
  noiseAt(step: number): Float32Array;
  /** Log-factors on the tokens, [B, L, V]. */
  readonly factors: Float32Array;
  /** Of each row what its text may be, where automata say so; made with the row's factors. Absent where no row has one. */
  readonly lattices?: readonly (Lattice | undefined)[];
  /** Of each row what reweighs its token probabilities at every step, before its lattice does. Absent where no row has one. */
  readonly tilts?: readonly (Tilt | undefined)[];
  /** Of each latent guide: what `encode` gave, with its `weight` in each row, [B]. */
  readonly guideInputs: readonly HostTensors[];
  /** Of each latent guide what sets its weight from step to step in place of that; only watched guides may have one. */
  readonly controllers?: readonly (WeightController | undefined)[];
  /** Which rows go on after a step; absent where each goes on by itself. */
  readonly selection?: Selection;
  /** Sees every step and changes nothing: the texts come out the same. */
  readonly watcher?: StepWatcher;
}

/** Changes the token probabilities of a row in place, [L, V]. @param share of the reverse steps that went before */
export type Tilt = (probs: Float32Array, share: number) => void;

/** Sees the texts of a batch come to be. */
export interface StepWatcher {
  /** @param probs token probabilities of the step, [B, L, V]: under the automata too, but for the last step */
  saw(level: ReverseStep, probs: Float32Array, isLast: boolean): void;
  /** @param rows of each row the row whose latents it goes on with */
  follow(rows: Int32Array): void;
}

/** Looks at the texts between two reverse steps, and says which of them go on. */
export interface Selection {
  /** Whether it looks at a step. */
  looksAt(step: number): boolean;
  /**
   * @param probs token probabilities of the step, [B, L, V]
   * @returns of each row the row whose latents it goes on with; undefined where all stay as they are
   */
  select(step: number, probs: Float32Array): Promise<Int32Array | undefined>;
}

export interface SampleHooks {
  onStep?(done: number, of: number): void;
  readonly signal?: AbortSignal | undefined;
}

export interface Sampler {
  /** Token probabilities of the last step under the factors, [B, L, V] row-major: decoding asks the automata. Errors: Interrupted. */
  sample(batch: SampleBatch, hooks?: SampleHooks): Promise<Float32Array>;
}

/** Makes the sampler of a run. Its graphs are traced as they are first needed. */
export function createSampler(device: Device, setup: SamplerSetup): Sampler {
  const programs = stepPrograms(device, setup);
  return { sample: (batch, hooks = {}) => sampleBatch(device, setup, programs, batch, hooks) };
}

interface StepPrograms {
  step(variant: StepVariant, guideInputs: HostTensors): Promise<Program>;
  denoising(guideInputs: HostTensors): Promise<Program>;
}

function stepPrograms(device: Device, { denoiser, weights, guides, steering, size }: SamplerSetup): StepPrograms {
  const constants = graphConstants(weights, guides);
  const programs = new Map<string, Promise<Program>>();
  const compiled = (key: string, graph: GraphFunction, inputs: readonly TensorSpec[], guideInputs: HostTensors) => {
    const specs = Object.entries(guideInputs).map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
    if (!programs.has(key)) programs.set(key, device.compile(graph, [...inputs, ...specs], constants));
    return programs.get(key)!;
  };
  return {
    step(variant, guideInputs) {
      const inputs = [...stepInputs(size), ...(variant.given ? givenInputs(size, variant) : [])];
      return compiled(JSON.stringify(variant), stepGraph(denoiser, guides, steering, variant), inputs, guideInputs);
    },
    denoising: (guideInputs) => compiled('denoising', denoisingGraph(denoiser), stepInputs(size), guideInputs),
  };
}

async function sampleBatch(
  device: Device,
  setup: SamplerSetup,
  programs: StepPrograms,
  batch: SampleBatch,
  { onStep, signal }: SampleHooks,
): Promise<Float32Array> {
  const { levels, size } = setup;
  const { rows, maxTokens, embeddingWidth, vocabularySize } = size;
  const latents = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [rows, maxTokens, embeddingWidth], data });
  const guideInputs = namedGuideInputs(batch.guideInputs);
  const factors = device.put({ dtype: 'float32', shape: [rows, maxTokens, vocabularySize], data: batch.factors });
  const shared = { ...guideInputs, factors, fixed: fixedTokens(batch.factors, size), temperature: scalar(setup.temperature) };
  const oneStep = batch.lattices === undefined && batch.tilts === undefined ? wholeStep : stepThroughHost;
  let carry = begin(batch, latents);
  try {
    for (const [i, level] of levels.entries()) {
      if (signal?.aborted) throw new Interrupted(`stopped before reverse step ${i + 1} of ${levels.length}`);
      const isLast = i === levels.length - 1;
      const { step } = level;
      const share = step / stepCount(levels);
      const noise = latents(batch.noiseAt(step));
      const feeds = { ...shared, ...adaptedWeights(batch), ...levelFeeds(level), ...carry, noise };
      const acts = actingAt(share, setup);
      const watched = acts.active.filter((index) => batch.controllers?.[index] !== undefined);
      const looks = batch.selection?.looksAt(step) === true;
      const fetch = fetched(isLast, looks || batch.watcher !== undefined, watched);
      const out = await oneStep({ programs, acts, guideInputs, batch, feeds, share, isLast, fetch });
      if (!isLast) observed(batch, watched, share, out);
      batch.watcher?.saw(level, out['probs']!.data as Float32Array, isLast);
      onStep?.(i + 1, levels.length);
      if (isLast) return out['probs']!.data as Float32Array;
      carry = { x: out['x']!, previousX0: out['previousX0']! };
      if (looks) carry = await selected(batch, step, carry, out['probs']!);
    }
  } finally {
    factors.dispose();
  }
  throw new RangeError('a sampler needs at least one level');
}

const fetched = (isLast: boolean, seen: boolean, watched: readonly number[]): string[] =>
  isLast ? ['probs'] : ['x', 'previousX0', ...(seen ? ['probs'] : []), ...watched.map(guideLogProb)];

interface Step {
  readonly programs: StepPrograms;
  readonly acts: Omit<StepVariant, 'given'>;
  readonly guideInputs: HostTensors;
  readonly batch: SampleBatch;
  readonly feeds: Readonly<Record<string, HostTensor | Resident>>;
  /** Of the reverse steps, that of those before. */
  readonly share: number;
  readonly isLast: boolean;
  /** The last step gives the token probabilities, the others the next carry, and what is watched or looked at. */
  readonly fetch: readonly string[];
}

/** What goes from step to step, [B, L, D] each. */
interface HostCarry {
  readonly x: HostTensor;
  readonly previousX0: HostTensor;
}

type StepOutputs = Promise<Record<string, HostTensor>>;

/** The weights that controllers have set, by the names of the graph's inputs. */
function adaptedWeights({ controllers = [] }: SampleBatch): HostTensors {
  const own = controllers.flatMap((controller, index) => {
    const data = controller?.weights();
    return data ? [[guideWeight(index), { dtype: 'float32', shape: [data.length], data }] as const] : [];
  });
  return Object.fromEntries(own);
}

async function wholeStep({ programs, acts, guideInputs, feeds, fetch }: Step): StepOutputs {
  const program = await programs.step({ ...acts, given: false }, guideInputs);
  return program.run(feeds, { fetch });
}

const begin = (
  { start, previousX0 = new Float32Array(start.length) }: SampleBatch,
  latents: (data: Float32Array) => HostTensor,
): HostCarry => ({
  x: latents(start),
  previousX0: latents(previousX0),
});

/** Tells the controllers of guides what their log-probabilities were. */
function observed({ controllers }: SampleBatch, watched: readonly number[], share: number, out: Awaited<StepOutputs>): void {
  for (const index of watched) controllers![index]!.observe(share, out[guideLogProb(index)]!.data as Float32Array);
}

/** The carry of the rows that go on. */
async function selected(
  { selection, watcher, controllers = [] }: SampleBatch,
  step: number,
  carry: HostCarry,
  probs: HostTensor,
): Promise<HostCarry> {
  const rows = await selection!.select(step, probs.data as Float32Array);
  if (rows === undefined) return carry;
  for (const follower of [...controllers, watcher]) follower?.follow(rows);
  return { x: takeRows(carry.x, rows), previousX0: takeRows(carry.previousX0, rows) };
}

/** The rows of a tensor [B, ...] in another order, some of them again. */
function takeRows(tensor: HostTensor, rows: Int32Array): HostTensor {
  const size = tensor.data.length / rows.length;
  const data = new Float32Array(tensor.data.length);
  rows.forEach((from, to) => data.set(tensor.data.subarray(from * size, (from + 1) * size), to * size));
  return { ...tensor, data };
}

/**
 * A step whose token probabilities are tilted by rewards, and become those given that the automata accept. That part runs outside of the
 * graph: rewards are functions of the user's. Automata need float64, since what the states of a lattice accept differs by more orders of
 * magnitude than float32 has, and 48 small operations there and back take longer in a graph than a plain loop.
 */
async function stepThroughHost({ programs, acts, guideInputs, batch, feeds, share, isLast, fetch }: Step): StepOutputs {
  const denoising = await programs.denoising(guideInputs);
  const wanted = !isLast && wantsLogits(acts) ? ['probs', 'logits'] : ['probs'];
  const denoised = await denoising.run(feeds, { fetch: wanted });
  const probs = denoised['probs']!;
  rowsOf(probs).forEach((row, i) => {
    batch.tilts?.[i]?.(row, share);
    const lattice = batch.lattices?.[i];
    if (lattice && !isLast) marginals(lattice, row, row); // at the last step decoding asks it
  });
  if (isLast) return denoised;
  const program = await programs.step({ ...acts, given: true }, guideInputs);
  const rest = fetch.filter((name) => name !== 'probs');
  return { ...(await program.run({ ...feeds, ...denoised }, { fetch: rest })), probs };
}

/** Views of the rows of a tensor [B, ...]. */
function rowsOf({ shape, data }: HostTensor): Float32Array[] {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, i) => (data as Float32Array).subarray(i * size, (i + 1) * size));
}

/** Reverse steps of the whole way from noise, of which an edit takes the last ones alone. */
const stepCount = (levels: readonly ReverseStep[]): number => levels.at(-1)!.step + 1;

/**
 * Whether a window holds a step whose share of the way, step / steps, is `share`: from its begin to below its end. Shares are below 1, so
 * a window to 1 holds the last step.
 */
export const isWithin = (share: number, [from, to]: readonly [number, number]): boolean => share >= from && share < to;

/** Which parts act at a step. */
const actingAt = (share: number, { guides, clamp }: SamplerSetup): Omit<StepVariant, 'given'> => ({
  active: guides.flatMap(({ window }, i) => (isWithin(share, window) ? [i] : [])),
  clamp: clamp !== false && isWithin(share, clamp),
});

function fixedTokens(factors: Float32Array, { rows, maxTokens, vocabularySize }: BatchSize): HostTensor {
  const data = Float32Array.from({ length: rows * maxTokens }, (_, i) => {
    let allowed = 0;
    for (let v = i * vocabularySize; v < (i + 1) * vocabularySize && allowed < 2; v++) if (factors[v] !== -Infinity) allowed++;
    return allowed === 1 ? 1 : 0;
  });
  return { dtype: 'float32', shape: [rows, maxTokens, 1], data };
}

const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });

function levelFeeds({ time, nextTime, alphaBar, nextAlphaBar, cX, c0, sigma }: ReverseStep): Record<string, HostTensor> {
  const numbers = { time, nextTime, alphaBar, nextAlphaBar, cX, c0, sigma };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, scalar(value)]));
}
