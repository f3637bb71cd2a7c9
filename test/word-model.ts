import type { LanguageModel } from '../lib/model/causal/language-model.js';
import { keyOf, split, uniform } from '../lib/base/random.js';
import { vocabularyOf } from '../lib/text/vocabulary.js';
import { standInModel } from './stand-in-language-model.js';

/** PAD, UNK, START, END and the words a, b, c. */
export const vocabulary = vocabularyOf(['a', 'b', 'c']);
export const [A, B, C] = [4, 5, 6];

/** Probabilities of the next token after a prefix, [V]: random but fixed, for END and the words only. */
export function nextProbs(prefix: readonly number[]): number[] {
  const draws = uniform(split(keyOf(3), prefix.join()), vocabulary.size);
  const weights = [...draws].map((u, id) => (id === vocabulary.end || id >= A ? u + 0.05 : 0));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** The language model with these probabilities. */
export const wordModel = (maxTokens = 5): LanguageModel =>
  standInModel(vocabulary, maxTokens, (next, prefix) => nextProbs(prefix)[next]!);

export interface TextProb {
  /** Tokens, END last. */
  readonly tokens: readonly number[];
  readonly p: number;
}

/** Returns all texts of at most `words` words that end with END, with their probabilities. */
export function allTexts(words: number, prefix: readonly number[] = [], p = 1): TextProb[] {
  const probs = nextProbs(prefix);
  const ended = { tokens: [...prefix, vocabulary.end], p: p * probs[vocabulary.end]! };
  if (prefix.length === words) return [ended];
  return [ended, ...[A, B, C].flatMap((word) => allTexts(words, [...prefix, word], p * probs[word]!))];
}
