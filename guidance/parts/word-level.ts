import type { Problem } from '../../lib/base/errors.js';
import type { ModelInfo } from '../../lib/guide/contract.js';

/** The problem of a guide that speaks of words with a model whose tokens are parts of words. */
export function subwordProblems({ wordLevel }: ModelInfo, path: string): Problem[] {
  const message = 'speaks of words, and a token of this model is a part of a word; use a model with a word tokenizer';
  return wordLevel ? [] : [{ path, message }];
}
