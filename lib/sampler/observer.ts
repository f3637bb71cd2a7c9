import type { ReverseStep } from '../diffusion/index.js';

/** A reverse step with its position in the run. */
export interface RunStep extends ReverseStep {
  /** Share of the reverse steps that came before it, in [0, 1). */
  readonly share: number;
  readonly isLast: boolean;
}

/** A request of an observer for a reverse step. */
export interface StepRequest {
  /** Weights of latent guides in each row, [B], by the index of the guide; the other guides keep theirs. */
  readonly weights?: Readonly<Record<number, Float32Array>>;
  /** Whether it needs the token probabilities. */
  readonly probs?: boolean;
  /** Whether it needs the logits of the denoiser. */
  readonly logits?: boolean;
  /** Indices of the latent guides whose log-probabilities it needs; they must be `watched`. */
  readonly logProbs?: readonly number[];
}

/** The view that observers get of a reverse step. */
export interface StepSight {
  /**
   * Token probabilities, [B, L, V], if an observer asked for them. At the last step decoding applies the automata, so these do not
   * include them.
   */
  readonly probs: Float32Array | undefined;
  /** Logits of the denoiser, before temperature and factors, [B, L, V], if an observer asked for them. */
  readonly logits?: Float32Array | undefined;
  /** Log-probabilities, [B] nats, by the index of the guide: of the guides asked for that act in this step. None at the last step. */
  readonly logProbs: ReadonlyMap<number, Float32Array>;
}

/** Looks at the reverse steps of a batch, and may steer them: adaptive weights, particles and traces are observers. */
export interface StepObserver {
  /**
   * Called before each reverse step.
   *
   * @param ancestors for each row, the row of the step before that it continues; undefined if every row continues itself
   */
  before(step: RunStep, ancestors: Int32Array | undefined): StepRequest;
  /**
   * Called after each reverse step. Only one observer of a batch may select rows; the choice has no effect after the last step.
   *
   * @returns for each row, the row whose latents continue in it; undefined if every row continues itself
   */
  after(step: RunStep, seen: StepSight): StepChoice | Promise<StepChoice>;
}

export type StepChoice = Int32Array | undefined;

/** Returns several observers as one. */
export function observeTogether(observers: readonly StepObserver[]): StepObserver {
  return {
    before(step, ancestors) {
      const requests = observers.map((observer) => observer.before(step, ancestors));
      return {
        weights: Object.assign({}, ...requests.map(({ weights }) => weights)) as Record<number, Float32Array>,
        probs: requests.some(({ probs }) => probs),
        logits: requests.some(({ logits }) => logits),
        logProbs: requests.flatMap(({ logProbs = [] }) => logProbs),
      };
    },
    async after(step, seen) {
      let choice: StepChoice;
      for (const observer of observers) choice = (await observer.after(step, seen)) ?? choice;
      return choice;
    },
  };
}

/**
 * Returns reverse steps with their positions in the run. An edit runs only the last steps, so the share follows from `step`.
 *
 * @param steps up to the last of the run
 * @param until share of the run before which sampling ends
 */
export function runSteps(steps: readonly ReverseStep[], until = 1): RunStep[] {
  const count = (steps.at(-1)?.step ?? 0) + 1;
  const taken = steps.filter(({ step }) => step / count < until);
  return taken.map((step, i) => ({ ...step, share: step.step / count, isLast: i === taken.length - 1 }));
}
