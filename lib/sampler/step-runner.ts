import { marginals } from '../automaton/index.js';
import { isWithin } from '../diffusion/reverse-steps.js';
import { specsOf } from '../engine/scope.js';
import type { Device, GraphFunction, HostTensor, HostTensors, Program, Resident, TensorSpec } from '../engine/types.js';
import type { SampleBatch, SamplerSetup } from './batch.js';
import {
  type BatchSize,
  denoisingGraph,
  givenInputs,
  graphConstants,
  guideLogProb,
  guideWeight,
  moveName,
  MOVES,
  namedGuideInputs,
  stepGraph,
  stepInputs,
  type StepVariant,
  wantsLogits,
} from './graph.js';
import { type Latents, latentRows } from './latents.js';
import type { RunStep, StepRequest, StepSight } from './observer.js';

/** Inputs of the graphs of a step, by name. */
export type StepInputs = Readonly<Record<string, HostTensor | Resident>>;

/** The outputs of a denoiser that ran by itself: probs [B, L, V], and logits [B, L', V] only if guides or observers look at them. */
export type Denoised = Readonly<Partial<Record<'probs' | 'logits', HostTensor>>>;

export interface StepResult {
  /** Undefined after the last step, which ends in token probabilities. */
  readonly next: Latents | undefined;
  readonly seen: StepSight;
}

/** Runs the reverse steps of batches on a device. */
export interface StepRunner {
  begin(batch: SampleBatch): BatchRun;
}

/** Returns the step runner of a run. It compiles each of its graphs when it first needs it. */
export function createStepRunner(device: Device, setup: SamplerSetup): StepRunner {
  const programs = stepPrograms(device, setup);
  return { begin: (batch) => new BatchRun(device, setup, programs, batch) };
}

/** The reverse steps of one batch. */
export class BatchRun {
  readonly start: Latents;
  readonly #guideInputs: HostTensors;
  readonly #factors: Resident;
  /** Inputs that are the same at every step. */
  readonly #shared: StepInputs;
  /** Whether tilts or automata change the token probabilities outside of the graph. */
  readonly #onHost: boolean;
  readonly #length: number;

  constructor(
    device: Device,
    private readonly setup: SamplerSetup,
    private readonly programs: StepPrograms,
    private readonly batch: SampleBatch,
  ) {
    const { size, temperature } = setup;
    const { start, previousX0 = new Float32Array(start.length), factors, departure } = batch;
    this.start = departure?.latents ?? { x: this.#latents(start), previousX0: this.#latents(previousX0) };
    this.#guideInputs = namedGuideInputs(batch.guideInputs);
    this.#length = batch.length ?? size.maxTokens;
    this.#factors = device.put({ dtype: 'float32', shape: [size.rows, size.maxTokens, size.vocabularySize], data: factors });
    const fixed = fixedTokens(factors, size);
    const noMoves = Object.fromEntries(MOVES.map((name) => [name, this.#latents(new Float32Array(start.length))]));
    this.#shared = { ...this.#guideInputs, ...noMoves, factors: this.#factors, fixed, temperature: scalar(temperature) };
    this.#onHost = batch.lattices !== undefined || batch.tilts !== undefined;
  }

  /** Returns the inputs of a step's graphs. */
  inputs(step: RunStep, latents: Latents, { weights = {} }: StepRequest): StepInputs {
    const noise = this.#latents(this.batch.noiseAt(step.step));
    return { ...this.#shared, ...weightInputs(weights), ...stepNumbers(step), ...latents, noise };
  }

  /**
   * Runs the denoiser by itself if the batch has tilts or automata, and applies them to the token probabilities. Otherwise returns
   * undefined: `draw` then denoises in its graph.
   */
  async denoise(step: RunStep, inputs: StepInputs, { logits = false }: StepRequest): Promise<Denoised | undefined> {
    if (!this.#onHost) return undefined;
    const program = await this.programs.denoising(this.#length, this.#guideInputs);
    const steers = wantsLogits(actingAt(step, this.setup));
    const fetch = steers || logits ? ['probs', 'logits'] : ['probs'];
    const denoised = await program.run(inputs, { fetch });
    const probs = this.#whole(denoised['probs']!, 'PAD');
    constrain(this.batch, step, probs);
    return { ...denoised, probs };
  }

  /** Draws the next latents. @param inputs with the results of `denoise` */
  async draw(step: RunStep, inputs: StepInputs & Denoised, request: StepRequest): Promise<StepResult> {
    const { probs, logits, logProbs = [] } = request;
    const acting = actingAt(step, this.setup);
    const watched = logProbs.filter((guide) => acting.active.includes(guide));
    const latents = step.isLast ? [] : ['x', 'previousX0', ...movesOf(acting, this.setup)];
    const wantsProbs = !this.#onHost && (step.isLast || probs);
    const wantsRaw = !this.#onHost && logits;
    const fetch = [...latents, ...(wantsProbs ? ['probs'] : []), ...(wantsRaw ? ['logits'] : []), ...watched.map(guideLogProb)];
    const program =
      fetch.length > 0 && (await this.programs.step({ ...acting, length: this.#length, given: this.#onHost }, this.#guideInputs));
    const { logits: raw, ...others } = inputs;
    const out = program ? await program.run(wantsLogits(acting) ? inputs : others, { fetch }) : {};
    const found = out['probs'] ? this.#whole(out['probs'], 'PAD') : inputs.probs;
    const foundLogits = logits ? this.#whole((out['logits'] ?? raw)!, 'zeros') : undefined;
    return {
      next: step.isLast ? undefined : (Object.fromEntries(latents.map((name) => [name, out[name]!])) as Latents),
      seen: {
        probs: found && numbersOf(found),
        logits: foundLogits && numbersOf(foundLogits),
        logProbs: new Map(watched.map((guide) => [guide, numbersOf(out[guideLogProb(guide)]!)])),
      },
    };
  }

  dispose(): void {
    this.#factors.dispose();
  }

  /** Returns values of all positions, [B, L, V], from those of the first ones, [B, L', V]. @param rest what stands at the others */
  #whole(values: HostTensor, rest: 'PAD' | 'zeros'): HostTensor {
    const { rows, maxTokens, vocabularySize: size } = this.setup.size;
    if (this.#length === maxTokens) return values;
    const whole = { ...values, shape: [rows, maxTokens, size], data: new Float32Array(rows * maxTokens * size) };
    const near = latentRows(values);
    const last = this.batch.factors.subarray((maxTokens - 1) * size, maxTokens * size); // allows PAD alone
    const pad = last.findIndex((factor) => factor > -Infinity);
    latentRows(whole).forEach((row, i) => {
      row.set(near[i]!);
      if (rest === 'PAD') for (let at = this.#length; at < maxTokens; at++) row[at * size + pad] = 1;
    });
    return whole;
  }

  #latents(data: Float32Array): HostTensor {
    const { rows, maxTokens, embeddingWidth } = this.setup.size;
    return { dtype: 'float32', shape: [rows, maxTokens, embeddingWidth], data };
  }
}

interface StepPrograms {
  step(variant: StepVariant, guideInputs: HostTensors): Promise<Program>;
  denoising(length: number, guideInputs: HostTensors): Promise<Program>;
}

function stepPrograms(device: Device, { denoiser, weights, guides, steering, size }: SamplerSetup): StepPrograms {
  const constants = graphConstants(weights, guides);
  const programs = new Map<string, Promise<Program>>();
  const compiled = (key: string, graph: GraphFunction, inputs: readonly TensorSpec[], guideInputs: HostTensors) => {
    if (!programs.has(key)) programs.set(key, device.compile(graph, [...inputs, ...specsOf(guideInputs)], constants));
    return programs.get(key)!;
  };
  return {
    step(variant, guideInputs) {
      const inputs = [...stepInputs(size), ...(variant.given ? givenInputs(size, variant) : [])];
      const graph = stepGraph(denoiser, guides, steering, variant);
      return compiled(JSON.stringify(variant), graph, inputs, guideInputs);
    },
    denoising: (length, guideInputs) =>
      compiled(`denoising ${length}`, denoisingGraph(denoiser, length), stepInputs(size), guideInputs),
  };
}

/** Returns the parts of a run that act in a step: none in the last one, which ends in token probabilities. */
const actingAt = ({ share, isLast }: RunStep, { guides, clamp }: SamplerSetup): Pick<StepVariant, 'active' | 'clamp'> => ({
  active: guides.flatMap(({ window }, i) => (!isLast && isWithin(share, window) ? [i] : [])),
  clamp: !isLast && clamp !== false && isWithin(share, clamp),
});

/** Returns the names of the moves that a step passes on to the next. */
const movesOf = ({ active }: Pick<StepVariant, 'active'>, { guides, steering }: SamplerSetup): string[] =>
  MOVES.filter((name) => steering.momentum > 0 && active.some((i) => name === moveName(guides[i]!.guide.via)));

/**
 * Tilts the token probabilities [B, L, V] of a step and conditions them on the automata, in place. This runs outside of the graph: rewards
 * are the user's functions, and automata need float64, since acceptance probabilities of the states of a lattice span more orders of
 * magnitude than float32 does. A plain loop is also faster than the 48 small operations that it would be in a graph.
 */
function constrain({ tilts, lattices }: SampleBatch, { share, isLast }: RunStep, probs: HostTensor): void {
  latentRows(probs).forEach((row, i) => {
    tilts?.[i]?.(row, share);
    const lattice = lattices?.[i];
    if (lattice && !isLast) marginals(lattice, row, row); // at the last step decoding applies it
  });
}

/** Returns 1 at positions whose factors allow only one token and 0 at the others, [B, L, 1]. */
function fixedTokens(factors: Float32Array, { rows, maxTokens, vocabularySize }: BatchSize): HostTensor {
  const data = Float32Array.from({ length: rows * maxTokens }, (_, i) => {
    let allowed = 0;
    for (let v = i * vocabularySize; v < (i + 1) * vocabularySize && allowed < 2; v++) if (factors[v] !== -Infinity) allowed++;
    return allowed === 1 ? 1 : 0;
  });
  return { dtype: 'float32', shape: [rows, maxTokens, 1], data };
}

function stepNumbers({ time, nextTime, alphaBar, nextAlphaBar, cX, c0, cPrevious, sigma }: RunStep): HostTensors {
  const numbers = { time, nextTime, alphaBar, nextAlphaBar, cX, c0, cPrevious, sigma };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, scalar(value)]));
}

const weightInputs = (weights: NonNullable<StepRequest['weights']>): HostTensors =>
  Object.fromEntries(
    Object.entries(weights).map(([guide, data]) => [
      guideWeight(Number(guide)),
      { dtype: 'float32', shape: [data.length], data },
    ]),
  );

const scalar = (value: number): HostTensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
const numbersOf = ({ data }: HostTensor): Float32Array => data as Float32Array;
