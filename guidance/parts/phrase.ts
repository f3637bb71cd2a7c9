import { compileExpression, one, repeat, sequence, wordIds, type Automaton } from '../../lib/automaton/index.js';
import { nearest } from '../../lib/config/index.js';
import type { Vocabulary } from '../../lib/text/types.js';
import { splitWords } from '../../lib/text/word-tokenizer.js';

/** A phrase as the tokens that may stand at each of its places. */
export type Phrase = readonly (readonly number[])[];

/** The tokens of each word of a phrase: the word itself, and only where the vocabulary lacks it, what differs from it in case. */
export function phraseOf(text: string, vocabulary: Vocabulary): Phrase {
  return splitWords(text).map((word) => {
    const id = vocabulary.id(word);
    return id === undefined ? otherCase(word, vocabulary) : [id];
  });
}

const otherCase = (word: string, vocabulary: Vocabulary): number[] =>
  wordIds(vocabulary).filter((id) => vocabulary.tokens[id]!.toLowerCase() === word.toLowerCase());

/** Accepts the texts in which a phrase stands somewhere. */
export function standsSomewhere(phrase: Phrase, vocabulary: Vocabulary): Automaton {
  const anything = repeat(one(wordIds(vocabulary)), 0);
  return compileExpression(sequence(anything, ...phrase.map(one), anything), vocabulary.size);
}

/** What keeps a phrase out of every text of a model, undefined where nothing does. */
export function phraseObstacle(text: string, vocabulary: Vocabulary, maxTokens: number): string | undefined {
  const words = splitWords(text);
  const unknown = words.filter((_, i) => phraseOf(text, vocabulary)[i]!.length === 0);
  const known = wordIds(vocabulary).map((id) => vocabulary.tokens[id]!);
  const meant = unknown
    .map((word) => nearest(word, known))
    .map((word) => (word === undefined ? '' : ` (did you mean "${word}"?)`));
  if (unknown.length > 0) return `the vocabulary has no ${unknown.map((word, i) => `"${word}"${meant[i]}`).join(', no ')}`;
  if (words.length === 0) return 'expected a word, got none';
  return words.length > maxTokens - 2
    ? `expected at most ${maxTokens - 2} words, the canvas of this model, got ${words.length}`
    : undefined;
}
