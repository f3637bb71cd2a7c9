import { causalParams, type CausalSize } from '../lib/model/causal/causal-transformer.js';
import { saveLanguageModel } from '../lib/model/causal/language-model-checkpoint.js';
import { initialParameters } from '../lib/model/parameters.js';
import { keyOf } from '../lib/base/random.js';
import { tokenizer, vocabulary } from './tiny-model.js';

/** The smallest causal transformer that has all parts. */
export const tinyCausalSize: CausalSize = {
  vocabularySize: vocabulary.size,
  maxTokens: 12,
  layers: 2,
  width: 16,
  heads: 4,
  feedForward: 16,
};

/** Initial weights of a training run, with larger positions and token scores. */
export function freshCausalWeights(seed = 1, size = tinyCausalSize) {
  const weights = initialParameters(causalParams(size), keyOf(seed));
  for (const name of ['position', 'prior']) weights[name]!.data.forEach((_, i, all) => (all[i] = Math.sin(7 * i + name.length)));
  return weights;
}

/** Writes a language model for joint decoding. */
export const writeDecoder = (folder: string, { seed = 1, maxTokens = 12, of = tokenizer } = {}): Promise<void> => {
  const size = { ...tinyCausalSize, maxTokens, vocabularySize: of.vocabulary.size };
  const config = { format: 'diffusteer-language-model', version: 1, ...size } as const;
  return saveLanguageModel(folder, { config, tokenizer: of, weights: freshCausalWeights(seed, size) });
};
