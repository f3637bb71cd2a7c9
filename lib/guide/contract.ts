import type { TSchema } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Automaton } from '../automaton/index.js';
import type { Problem } from '../base/errors.js';
import type { tf } from '../engine/index.js';
import type { HostTensor, HostTensors, Tensors } from '../engine/types.js';
import type { ParamSpec } from '../model/types.js';
import type { AnnotatedRow, Vocabulary } from '../text/types.js';

/** Where in a reverse step a guide acts, in rising cost. */
export type Via = 'posterior' | 'gradient' | 'x0-gradient' | 'project' | 'particles';

/** What a hook sees at one reverse step. Tensors, scalars too: one graph serves all steps. */
export interface StepState {
  readonly x: Tensor; // [B, L, D], the latents that the place acts on
  readonly mean: Tensor; // [B, L, D], of the reverse step that draws x_(t-1)
  readonly x0: Tensor; // [B, L, D], predicted
  readonly logits: Tensor; // [B, L, V], of the denoiser, before temperature and factors
  readonly time: Tensor; // [B], noise level of x as networks see it
  readonly alphaBar: Tensor; // [], of x
  readonly sigma: Tensor; // [], of the reverse step
}

/** What a guide may know of the model it steers. */
export interface ModelInfo {
  /** Length of the canvas in tokens, START and END included. */
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly vocabulary: Vocabulary;
  /** Whether a token is a word; guides that speak of words refuse other models in `check`. */
  readonly wordLevel: boolean;
  /** Whether predicted x_0 is made of token probabilities; where not, a posterior guide may only fix tokens. */
  readonly interpolates: boolean;
}

/** What a guide file default-exports. `O` are its options, after `{ "from": field }` was taken from a target. */
export interface GuideFactory<O> {
  readonly name: string;
  /** One sentence for `diffusteer guides`. */
  readonly summary: string;
  readonly options: TSchema;
  /** Options that work, for `diffusteer guides NAME` and the contract's tests. */
  readonly example: O;
  /** Allowed `via`; the first is the default. */
  readonly places: readonly [Via, ...Via[]];
  /** What `train-guide` trains for the gradient places; it lives in MODEL/guides/NAME-VIA/. */
  readonly classifier?: ClassifierSpec;
  /** What `train-guide` counts for the posterior place; it lives in MODEL/guides/NAME-posterior/. */
  readonly tables?: TableSpec;
  /** What a discriminator on prefixes learns for the baseline `fudge`; it lives in MODEL/guides/NAME-future/. */
  readonly future?: FutureSpec<O>;
  /** By place, the guide whose classifier or tables this one shares, where it has none of its own. */
  readonly trainedAs?: Partial<Readonly<Record<Via, string>>>;
  /** Where what `trainedAs` names is missing, the guide works without: its `tables` are empty then. */
  readonly worksUntrained?: boolean;
  /** Set where the guide was loaded from a folder of plugins. */
  readonly origin?: GuideOrigin;
  /**
   * All that is wrong with the options for this model, at once.
   *
   * @param classes what the guide's classifier was trained to tell apart; empty where it has none
   */
  check(options: O, model: ModelInfo, via: Via, classes: readonly string[]): Problem[];
  create(context: GuideContext): Guide<O>;
}

/** The file of a plugin, with the SHA-256 of its content. */
export interface GuideOrigin {
  readonly file: string;
  readonly hash: string;
}

/** What a guide is made with. */
export interface GuideContext {
  readonly tf: typeof tf;
  readonly model: ModelInfo;
  readonly via: Via;
  /** What the guide's classifier was trained to tell apart, as its spec found it; empty where it has none. */
  readonly classes: readonly string[];
  /** What the guide's TableSpec counted; empty where it has none. */
  readonly tables: HostTensors;
  /** Token states [B, L, W] of latents or predicted x_0 by the encoder of the guide's classifier. */
  readonly states: (weights: Tensors, z: Tensor, time: Tensor) => Tensor;
}

export type Guide<O> = LatentPlaceGuide<O> | PosteriorGuide<O> | ParticlesGuide<O>;

/** A guide that acts inside the graph of a step. */
export type LatentPlaceGuide<O> = GradientGuide<O> | ProjectGuide<O>;

export interface GradientGuide<O> {
  readonly via: 'gradient' | 'x0-gradient';
  /** Inputs of the graph, never constants: their first axis is the row. null pads a shard. */
  encode(rows: readonly (O | null)[]): Record<string, HostTensor>;
  /** Log-probability of the control given `z` [B, L, D] at `state.time`: [B], nats, at most 0. */
  logProb(z: Tensor, state: StepState, inputs: Tensors, weights: Tensors): Tensor;
}

export interface PosteriorGuide<O> {
  readonly via: 'posterior';
  /** Gets ready what `factors` needs for the options of all targets, such as a file to load. Called before `factors`. Errors: InputError. */
  open?(rows: readonly O[]): Promise<void>;
  /** Files that the factors follow from. A run records their SHA-256, and goes on only with the same. */
  files?(rows: readonly O[]): readonly string[];
  factors(options: O): PosteriorFactors;
}

/** What a posterior guide states about a text; what it leaves out it leaves free. */
export interface PosteriorFactors {
  /** Log-factors on the tokens, [L, V] row-major in nats; -Infinity forbids. */
  readonly logUnary?: Float32Array;
  /** Accepts the texts that the guide allows, as sequences of words: without START, END and PAD. A hard fact at every weight. */
  readonly automaton?: Automaton;
  /** What a text is worth under the token probabilities of each step: its gradient is a log-factor on the tokens of that step. */
  readonly reward?: TokenReward;
}

/**
 * A differentiable reward of a text by its token probabilities, in nats. The same probabilities must give the same numbers.
 *
 * @param probs [L, V] row-major, rows sum to 1; those of a finished text are 0 and 1
 */
export type TokenReward = (probs: Float32Array) => RewardSlope;

export interface RewardSlope {
  /** Nats, below Infinity. */
  readonly value: number;
  /** d value / d probs, finite, [L, V] row-major. */
  readonly gradient: Float32Array;
}

export interface ProjectGuide<O> {
  readonly via: 'project';
  encode(rows: readonly (O | null)[]): Record<string, HostTensor>;
  /** Predicted x_0 with the guide's values written into it, [B, L, D]. */
  project(x0: Tensor, state: StepState, inputs: Tensors, embeddings: Tensor): Tensor;
}

/** A black box: it sees texts, between two reverse steps, and several trajectories of a text are weighed by what it says of them. */
export interface ParticlesGuide<O> {
  readonly via: 'particles';
  /** Gets ready what `reward` needs for the options of all targets, such as a file to load. Called before the run. Errors: InputError. */
  open?(rows: readonly O[]): Promise<void>;
  /** Files that the rewards follow from. A run records their SHA-256, and goes on only with the same. */
  files?(rows: readonly O[]): readonly string[];
  /**
   * How much each text is wanted, in nats: a text with one more is wanted e times as much. -Infinity for one that is not wanted.
   * The same texts must give the same numbers, or a run cannot go on to the same bytes.
   *
   * @param texts as the denoiser predicts them; finished ones at the end
   * @param rows the options of each text
   * @returns a number a text
   */
  reward(texts: readonly RewardedText[], rows: readonly O[]): Promise<readonly number[]> | readonly number[];
}

/** A text that a reward is asked for. */
export interface RewardedText {
  /** As a person would type it. */
  readonly text: string;
  /** START, END and PAD left out. */
  readonly tokens: readonly string[];
}

/** A classifier over token states: the library owns its encoder (lib/model/classifier.ts), the guide its outputs and its loss. */
export interface ClassifierSpec {
  /** What it learns from: the parses of a corpus, or other columns of it, by these names. */
  readonly learnsFrom: 'parses' | readonly string[];
  /** What it tells apart, found in the training rows; kept beside the weights. None where the guide knows it all by itself. */
  classes?(rows: readonly AnnotatedRow[], model: ModelInfo): readonly string[];
  /** Parameters on top of the token states, which are `width` wide. */
  outputs(width: number, classes: readonly string[]): ParamSpec[];
  /** Labels of a row, of the same names and shapes for each; a batch has them stacked, [B, ...]. */
  labels(row: AnnotatedRow, model: ModelInfo, classes: readonly string[]): HostTensors;
  /** Mean loss in nats: token states [B, L, W], labels [B, ...]. */
  loss(states: Tensor, labels: Tensors, weights: Tensors): Tensor;
}

/** What can be told of a text from its beginning (FUDGE, Yang and Klein 2021), as questions with a few classes each. */
export interface FutureSpec<O> {
  /** As of a ClassifierSpec. */
  readonly learnsFrom: 'parses' | readonly string[];
  /** As of a ClassifierSpec. */
  classes?(rows: readonly AnnotatedRow[], model: ModelInfo): readonly string[];
  /** Number of classes of each question. */
  questions(model: ModelInfo, classes: readonly string[]): readonly number[];
  /** The class of each question once the token at a place of the row's canvas was read, END included: [L, questions], -1 where there is none. */
  answers(row: AnnotatedRow, model: ModelInfo, classes: readonly string[]): Int32Array;
  /**
   * The classes of each question that serve the control once the token at a place was read; undefined where any does.
   * Errors: an InputError where the control asks for what no class is.
   */
  asks(options: O, place: number, model: ModelInfo, classes: readonly string[]): readonly (readonly number[] | undefined)[];
}

export interface TableSpec {
  /** Tables counted from the parsed rows of a corpus. */
  count(rows: readonly AnnotatedRow[], model: ModelInfo): Record<string, HostTensor>;
}

/** The guides that a config may name. */
export type Registry = ReadonlyMap<string, GuideFactory<unknown>>;
