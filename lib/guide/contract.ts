import type { TSchema } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Automaton } from '../automaton/index.js';
import type { Problem } from '../base/errors.js';
import type { tf } from '../engine/tf.js';
import type { HostTensor, HostTensors, Tensors } from '../engine/types.js';
import type { ParamSpec } from '../model/types.js';
import type { AnnotatedRow, Vocabulary } from '../text/types.js';

/** The point of a reverse step at which a guide acts. */
export type Via = 'posterior' | 'gradient' | 'x0-gradient' | 'project' | 'particles';

/** The state of one reverse step. All are tensors, scalars too, since one recorded graph serves all steps. */
export interface StepState {
  readonly x: Tensor; // [B, L, D], the latents that the guide moves
  readonly mean: Tensor; // [B, L, D], of the reverse step that draws x_(t-1)
  readonly x0: Tensor; // [B, L, D], predicted
  readonly logits: Tensor; // [B, L, V], of the denoiser, before temperature and factors
  readonly time: Tensor; // [B], noise level of x as networks see it
  readonly alphaBar: Tensor; // [], of x
  readonly sigma: Tensor; // [], of the reverse step
}

/** The facts about a model that guides may use. */
export interface ModelInfo {
  /** Length of a sequence in tokens, START and END included. */
  readonly maxTokens: number;
  readonly embeddingWidth: number;
  readonly vocabulary: Vocabulary;
  /** Returns the text of tokens, with the spacing of the model's tokenizer. */
  detokenize(tokens: readonly string[]): string;
  /** Whether a token is a word; guides about words refuse other models in `check`. */
  readonly wordLevel: boolean;
  /** Splits text into words as the model's tokenizer does. A word may be a single character. */
  readonly split: (text: string) => readonly string[];
  /** Whether predicted x_0 is a mean of embeddings under token probabilities; if not, a posterior guide can only fix tokens. */
  readonly interpolates: boolean;
}

/** The default export of a guide file. `O` are its options, with every `{ "from": field }` resolved. */
export interface GuideFactory<O> {
  readonly name: string;
  /** One sentence for `diffusteer guides`. */
  readonly summary: string;
  readonly options: TSchema;
  /** Options that work, for `diffusteer guides NAME` and the contract's tests. */
  readonly example: O;
  /** Allowed `via`; the first is the default. */
  readonly places: readonly [Via, ...Via[]];
  /** Trained by `train-guide` for `gradient` and `x0-gradient`, and saved in MODEL/guides/NAME-VIA/. */
  readonly classifier?: ClassifierSpec;
  /** Counted by `train-guide` for `posterior`, and saved in MODEL/guides/NAME-posterior/. */
  readonly tables?: TableSpec;
  /** For each `via`, the guide whose classifier or tables this one shares. */
  readonly trainedAs?: Partial<Readonly<Record<Via, string>>>;
  /** Whether the guide also works without the training that `trainedAs` names; its `tables` are then empty. */
  readonly worksUntrained?: boolean;
  /** Returns every problem of the options with this model at once, an empty list if there is none. */
  check(options: O, context: CheckContext): Problem[];
  /** Makes the guide, once per run. */
  create(context: GuideContext): Guide<O>;
}

/** The model and `via` that options are checked for. */
export interface CheckContext {
  readonly model: ModelInfo;
  readonly via: Via;
  /** The classes that the guide's classifier was trained to tell apart; empty if it has none. */
  readonly classes: readonly string[];
}

/** Everything that a guide is made from. */
export interface GuideContext extends CheckContext {
  readonly tf: typeof tf;
  /** Counted by the guide's TableSpec; empty if it has none. */
  readonly tables: HostTensors;
  /** Token states [B, L, W] of latents or predicted x_0, by the encoder of the guide's classifier; of the first `length` tokens if it is given. */
  readonly states: (weights: Tensors, z: Tensor, time: Tensor, length?: number) => Tensor;
}

export type Guide<O> = StepGuide<O> | PosteriorGuide<O> | ParticlesGuide<O>;

/** A guide that acts inside the recorded graph of a step. */
export type StepGuide<O> = GradientGuide<O> | ProjectGuide<O>;

export interface GradientGuide<O> {
  readonly via: 'gradient' | 'x0-gradient';
  /**
   * Inputs of the graph, never constants; their first axis is the row. A null row pads a batch.
   *
   * @param length number of tokens after which all texts of the batch have only PAD, so that `logProb` need not look further. Default:
   *   `model.maxTokens`
   */
  encode(rows: readonly (O | null)[], length?: number): Record<string, HostTensor>;
  /** Returns the most words that a text with these options can have; undefined if it can have any number. The run then makes no longer ones. */
  mostWords?(options: O): number | undefined;
  /** Log-probability of the control given `z` [B, L, D] at `state.time`: [B], nats, at most 0. */
  logProb(z: Tensor, state: StepState, inputs: Tensors, weights: Tensors): Tensor;
}

export interface ProjectGuide<O> {
  readonly via: 'project';
  /** As in a GradientGuide. */
  encode(rows: readonly (O | null)[], length?: number): Record<string, HostTensor>;
  /** Predicted x_0 with the guide's values written into it, [B, L, D]. */
  project(x0: Tensor, state: StepState, inputs: Tensors, embeddings: Tensor): Tensor;
}

/** Files that a guide reads. */
interface ReadsFiles<O> {
  /**
   * Prepares what the options of all targets need, such as a file to load. Called once, before anything else.
   *
   * @throws InputError
   */
  open?(rows: readonly O[]): Promise<void>;
  /** Files that the guide's answers depend on. A run records their SHA-256 and resumes only with the same. */
  files?(rows: readonly O[]): readonly string[];
}

export interface PosteriorGuide<O> extends ReadsFiles<O> {
  readonly via: 'posterior';
  factors(options: O): PosteriorFactors;
  /** Returns what a user should know of the options before the texts are made, such as words that the vocabulary lacks. */
  notices?(rows: readonly O[]): readonly string[];
  /** Returns the lines of verse that the guide sees in an accepted text, none if it is not about lines. Its words are without START, END and PAD. */
  lines?(options: O, words: readonly string[]): readonly string[];
}

/** The statement of a posterior guide about a text. A field that is left out constrains nothing. */
export interface PosteriorFactors {
  /** Log-factors on the tokens, [L, V] row-major in nats; -Infinity forbids. */
  readonly logUnary?: Float32Array;
  /** Accepts the allowed texts as sequences of words, without START, END and PAD. A hard constraint, whatever the weight. */
  readonly automaton?: Automaton;
  /** Reward of a text under the token probabilities of each step; its gradient is a log-factor on the tokens of that step. */
  readonly reward?: TokenReward;
}

/**
 * A differentiable reward of a text by its token probabilities, in nats. Must be deterministic.
 *
 * @param probs [L, V] row-major, rows sum to 1; one-hot for a finished text
 */
export type TokenReward = (probs: Float32Array) => RewardSlope;

export interface RewardSlope {
  /** Nats, below Infinity. */
  readonly value: number;
  /** d value / d probs, finite, [L, V] row-major. */
  readonly gradient: Float32Array;
}

/** A black box: it sees texts between reverse steps, and the trajectories of a text are weighted by its rewards. */
export interface ParticlesGuide<O> extends ReadsFiles<O> {
  readonly via: 'particles';
  /**
   * Returns one reward per text, in nats: a text with one nat more is e times as desirable, one with -Infinity is ruled out. Must be
   * deterministic, or a run cannot resume to the same bytes.
   *
   * @param texts as the denoiser predicts them; the finished ones at the end
   * @param rows the options for each text
   */
  reward(texts: readonly RewardedText[], rows: readonly O[]): Promise<readonly number[]> | readonly number[];
}

/** A text to be rewarded. */
export interface RewardedText {
  /** Detokenized. */
  readonly text: string;
  /** Without START, END and PAD. */
  readonly tokens: readonly string[];
}

/** A classifier over token states. The library owns the encoder (lib/model/denoiser/noisy-encoder.ts), the guide its outputs and loss. */
export interface ClassifierSpec {
  /** The training data: the parses of a corpus, or columns of it by name. */
  readonly learnsFrom: 'parses' | readonly string[];
  /** Finds the classes in the training rows; they are saved with the weights. Left out if the guide knows them. */
  classes?(rows: readonly AnnotatedRow[], model: ModelInfo): readonly string[];
  /** Parameters on top of the token states, which are `width` wide. */
  outputs(width: number, classes: readonly string[]): ParamSpec[];
  /** Labels of a row, with the same names and shapes for all rows; a batch stacks them, [B, ...]. */
  labels(row: AnnotatedRow, model: ModelInfo, classes: readonly string[]): HostTensors;
  /** Mean loss in nats of token states [B, L, W] and labels [B, ...]. */
  loss(states: Tensor, labels: Tensors, weights: Tensors): Tensor;
}

export interface TableSpec {
  /** Tables counted from the parsed rows of a corpus. */
  count(rows: readonly AnnotatedRow[], model: ModelInfo): Record<string, HostTensor>;
}
