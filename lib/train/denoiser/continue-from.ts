import { InputError, inputError, type Problem } from '../../base/errors.js';
import { normal, split, type Key } from '../../base/random.js';
import type { HostTensor, HostTensors } from '../../engine/types.js';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import type { ModelConfig } from '../../model/denoiser/config.js';
import { vocabularyAxes } from '../../model/denoiser/score-interpolation.js';
import { initialParameters } from '../../model/parameters.js';
import type { ParamSpec } from '../../model/types.js';
import type { Vocabulary } from '../../text/types.js';
import { neighbourShares, type Shares } from './neighbour-words.js';

/** A network that goes on from the weights of another. */
export interface Continuation {
  readonly config: ModelConfig;
  readonly parameters: readonly ParamSpec[];
  readonly vocabulary: Vocabulary;
  /** Training rows, in which words that the base lacks find words that it knows. */
  readonly rows: readonly (readonly string[])[];
  readonly key: Key;
}

/** Sizes that the base fixes. */
const FIXED = ['recipe', 'embeddingWidth', 'width', 'heads', 'feedForward'] as const;

/** Random part of the embedding of a new word, so that two words with the same neighbours differ. */
const SPREAD = 0.3;

/**
 * Returns the initial weights of a network that continues from a checkpoint. Words of both vocabularies keep their weights. A new word gets
 * the mean of the words that stand between the same two neighbours in the corpus, weighted by how often, and some noise; without such
 * words it stays random. Blocks beyond those of the base add nothing at first: their output weights are zeros. Positions beyond its
 * maxTokens, and their distances, stay as they are initialised.
 *
 * @param path of the config, for errors
 * @throws InputError for a base of another recipe or size
 */
export function continueFrom(base: Checkpoint, { config, parameters, vocabulary, rows, key }: Continuation): HostTensors {
  checkSizes(base, config);
  const fresh = initialParameters(parameters, key);
  const shares = neighbourShares(vocabulary, base.tokenizer.vocabulary, rows);
  const noise = split(key, 'new words');
  return Object.fromEntries(
    parameters.map(({ name }) => {
      const start = fresh[name]!;
      const from = base.weights[name];
      if (!from) return [name, newBlock(name, start)];
      const axis = vocabularyAxes[name];
      if (axis !== undefined)
        return [name, wordWeights(start, from, axis, shares, normal(split(noise, name), start.data.length))];
      if (name === 'relative') return [name, centred(start, from)];
      return [name, leading(start, from)];
    }),
  );
}

function checkSizes({ folder, config: base }: Checkpoint, config: ModelConfig): void {
  if (base.recipe !== 'score-interpolation') {
    throw inputError('from', `expected a model of the recipe score-interpolation, found ${base.recipe} in ${folder}`);
  }
  const problems = FIXED.filter((name) => config[name] !== base[name]).map((name): Problem => ({
    path: `/model/${name}`,
    message: `expected ${base[name]}, as in ${folder}, found ${config[name]}`,
  }));
  if (config.layers < base.layers) {
    problems.push({
      path: '/model/layers',
      message: `expected at least the ${base.layers} of ${folder}, found ${config.layers}`,
    });
  }
  if (problems.length > 0) throw new InputError('the config', problems);
}

function newBlock(name: string, start: HostTensor): HostTensor {
  return /\.(out|down)\.weight$/.test(name) ? { ...start, data: new Float32Array(start.data.length) } : start;
}

/** Fills the weights of every word, whose index is the first or the last axis of the tensor. */
function wordWeights(
  start: HostTensor,
  from: HostTensor,
  axis: number,
  shares: readonly Shares[],
  noise: Float32Array,
): HostTensor {
  const words = shares.length;
  const width = start.data.length / words;
  const baseWords = from.data.length / width;
  const indexOf = (count: number, word: number, i: number): number => (axis === 0 ? word * width + i : i * count + word);
  const data = Float32Array.from(start.data);
  shares.forEach(({ known, exact }, word) => {
    if (known.length === 0) return;
    for (let i = 0; i < width; i++) {
      const mean = known.reduce((sum, [id, share]) => sum + share * from.data[indexOf(baseWords, id, i)]!, 0);
      const at = indexOf(words, word, i);
      data[at] = exact ? mean : mean + SPREAD * (axis === 0 && width > 1 ? noise[at]! : 0);
    }
  });
  return { ...start, data };
}

/** Copies the rows that both tensors have. */
function leading(start: HostTensor, from: HostTensor): HostTensor {
  const data = Float32Array.from(start.data);
  data.set(from.data.subarray(0, data.length) as Float32Array);
  return { ...start, data };
}

/** Copies the rows of distances [2 L - 1, H] that both tables have; distance 0 is in the middle. */
function centred(start: HostTensor, from: HostTensor): HostTensor {
  const heads = start.shape[1]!;
  const offset = ((from.shape[0]! - start.shape[0]!) / 2) * heads;
  const data = Float32Array.from(start.data, (value, i) => from.data[i + offset] ?? value);
  return { ...start, data };
}
