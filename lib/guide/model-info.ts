import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import type { ModelInfo } from './contract.js';

/** Returns the facts about a checkpoint that guides may use. */
export function modelInfoOf({ config, tokenizer, denoiser }: Pick<Checkpoint, 'config' | 'tokenizer' | 'denoiser'>): ModelInfo {
  return {
    maxTokens: config.maxTokens,
    embeddingWidth: config.embeddingWidth,
    vocabulary: tokenizer.vocabulary,
    detokenize: (tokens) => tokenizer.detokenize(tokens),
    wordLevel: tokenizer.level === 'word',
    split: (text) => tokenizer.tokenize(text),
    interpolates: denoiser.interpolates,
  };
}
