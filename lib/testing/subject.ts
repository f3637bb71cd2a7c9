import { throwProblems } from '../base/errors.js';
import { locate } from '../base/locate.js';
import { keyOf } from '../base/random.js';
import type { HostTensors } from '../engine/types.js';
import type { ClassifierSpec, Guide, GuideFactory, ModelInfo, Via } from '../guide/contract.js';
import { modelInfoOf } from '../guide/model-info.js';
import { type Checkpoint, denoiserOf, loadCheckpoint } from '../model/checkpoint/checkpoint.js';
import type { GuideCheckpoint } from '../model/checkpoint/guide-checkpoint.js';
import type { ScoreInterpolationConfig } from '../model/denoiser/config.js';
import { classifierParams, classifierSizeOf } from '../model/denoiser/noisy-encoder.js';
import { initialParameters } from '../model/parameters.js';
import { makeGuides, planContext, type RunGuides, type TrainedFor } from '../plan/make-guides.js';
import { splitWords } from '../text/split-words.js';
import { vocabularyOf } from '../text/vocabulary.js';
import { wordTokenizer } from '../text/word-tokenizer.js';

export interface ContractOptions<O> {
  /** More options that work, besides the guide's example. */
  readonly examples?: readonly O[];
  /** Options that the schema must refuse. */
  readonly refused?: readonly unknown[];
  /** Words of the tiny model's vocabulary. Default: some thirty, and those of the examples. */
  readonly words?: readonly string[];
  /** Sequence length of the tiny model in tokens, START and END included. Default: 14. */
  readonly maxTokens?: number;
  /** Folder of a checkpoint to test with instead of the tiny model; the guide's trained parts are in its folder `guides`. */
  readonly model?: string;
  /** For the tiny model: the tables that the guide's TableSpec would have counted. */
  readonly tables?: HostTensors;
  /** For the tiny model: the classes that the guide's classifier would have been trained to tell apart. */
  readonly classes?: readonly string[];
  /** For the tiny model: the classifier that the guide shares with another (`trainedAs`). */
  readonly classifier?: ClassifierSpec;
}

/** A guide under test and the model to test it with. */
export interface Subject<O> {
  readonly factory: GuideFactory<O>;
  /** At least one. */
  readonly examples: readonly O[];
  readonly checkpoint: Checkpoint;
  readonly info: ModelInfo;
  /** Returns the classes of the guide's classifier. */
  classesOf(via: Via): Promise<readonly string[]>;
  /** Makes the guide anew, as a run does. */
  guides(via: Via): Promise<RunGuides>;
  /** Makes the guide anew and returns it with the weights of its classifier. */
  make(via: Via): Promise<{ readonly guide: Guide<O>; readonly weights: HostTensors }>;
}

export async function subjectOf<O>(factory: GuideFactory<O>, options: ContractOptions<O>): Promise<Subject<O>> {
  const examples = [factory.example, ...(options.examples ?? [])];
  const checkpoint = options.model === undefined ? tinyModel(examples, options) : await loadCheckpoint(locate(options.model));
  const trained = options.model === undefined ? untrained(checkpoint, options) : undefined;
  const any = factory as unknown as GuideFactory<unknown>; // as a registry has it
  const shared = { label: factory.name, path: '', weight: 1 };
  const info = modelInfoOf(checkpoint);
  const guides = async (via: Via) => {
    const leaf = { ...shared, via, factory: any, options: examples };
    const made = await makeGuides([{ ...shared, via, window: [0, 1], tree: { leaf } }], checkpoint, info, trained);
    throwProblems(checkpoint.folder, made.problems);
    return made.guides!;
  };
  return {
    factory,
    examples,
    checkpoint,
    info,
    classesOf: async (via) => (trained ? (options.classes ?? []) : planContext(new Map(), checkpoint).classesOf(any, via)),
    guides,
    async make(via) {
      const made = await guides(via);
      const { posterior, latent, particles } = made;
      const { guide, weights } = { weights: {}, ...(posterior[0] ?? latent[0] ?? particles[0])! };
      return { guide: guide as Guide<O>, weights };
    },
  };
}

/** Makes a denoiser of random weights, small enough to check all claims in a second or two. */
function tinyModel<O>(examples: readonly O[], { words, maxTokens = 14 }: ContractOptions<O>): Checkpoint {
  const vocabulary = vocabularyOf(words ?? wordsIn(examples));
  const config: ScoreInterpolationConfig = {
    ...{ format: 'diffusteer', version: 1, recipe: 'score-interpolation' },
    ...{ vocabularySize: vocabulary.size, maxTokens, embeddingWidth: 4 },
    ...{ layers: 1, width: 8, heads: 2, feedForward: 16 },
  };
  const denoiser = denoiserOf(config);
  const weights = initialParameters(denoiser.parameters, keyOf(1));
  return { folder: 'the tiny model', config, tokenizer: wordTokenizer(vocabulary), denoiser, weights, hash: '' };
}

/** Returns a classifier of random weights, and the given tables. */
function untrained<O>(checkpoint: Checkpoint, { tables = {}, classes = [], classifier }: ContractOptions<O>): TrainedFor {
  const network = { layers: 1, width: 8, heads: 2 };
  const size = classifierSizeOf(checkpoint.config, network);
  return async (factory, via): Promise<GuideCheckpoint> => {
    const outputs = (classifier ?? factory.classifier)?.outputs(size.width, classes) ?? [];
    const about = { format: 'diffusteer-guide', version: 1, guide: factory.name, via, denoiser: '' } as const;
    return {
      config: { ...about, network, classes: [...classes] },
      tensors: via === 'posterior' ? tables : initialParameters([...classifierParams(size), ...outputs], keyOf(7)),
    };
  };
}

const COMMON =
  'the The a A an is are was has it It there There this and but or not in on at near with for of to . , ! quiet green old new pond garden heron lamp sleeps waits finds';

/** Returns the words of the tiny vocabulary: common ones, and all that the options contain. */
export function wordsIn(options: readonly unknown[]): readonly string[] {
  const found = options.flatMap(stringsIn).flatMap((text) => [...splitWords(text), ...(text.match(/[\p{L}\p{N}'-]+/gu) ?? [])]);
  return [...new Set([...COMMON.split(' '), ...found])];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
