import { type Automaton, compileExpression, one, repeat, sequence, wordIds } from '../../lib/automaton/index.js';
import type { Problem } from '../../lib/base/errors.js';
import { nearest } from '../../lib/config/index.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import type { Vocabulary } from '../../lib/text/types.js';

/** The ids of a word, or of all its spellings if case is ignored; empty if the vocabulary lacks it. */
export type WordIds = (word: string) => readonly number[];

/** Returns the lookup of words in a vocabulary. */
export function wordIdsIn(vocabulary: Vocabulary, ignoreCase = false): WordIds {
  if (!ignoreCase)
    return (word) => {
      const id = vocabulary.id(word);
      return id === undefined ? [] : [id];
    };
  const known = new Map<string, number[]>();
  for (const id of wordIds(vocabulary)) {
    const key = vocabulary.tokens[id]!.toLowerCase();
    known.set(key, [...(known.get(key) ?? []), id]);
  }
  return (word) => known.get(word.toLowerCase()) ?? [];
}

/** Returns what is wrong with a word, or undefined if the vocabulary has it. */
export function unknownWord(word: string, idsOf: WordIds, vocabulary: Vocabulary): string | undefined {
  if (idsOf(word).length > 0) return undefined;
  const known = wordIds(vocabulary).map((id) => vocabulary.tokens[id]!);
  const meant = nearest(word, known);
  return `the vocabulary of this model has no word "${word}"${meant === undefined ? '' : `; the nearest is "${meant}"`}`;
}

/** A phrase, as the tokens that are allowed for each of its words. */
export type Phrase = readonly (readonly number[])[];

/** Returns the tokens for each word of a phrase: the word itself, or, only if the vocabulary lacks it, its spellings in other case. */
export function phraseOf(text: string, { vocabulary, split }: Pick<ModelInfo, 'vocabulary' | 'split'>): Phrase {
  const otherCase = wordIdsIn(vocabulary, true);
  return split(text).map((word) => {
    const id = vocabulary.id(word);
    return id === undefined ? otherCase(word) : [id];
  });
}

/** Returns the automaton of the texts that contain a phrase. */
export function contains(phrase: Phrase, vocabulary: Vocabulary): Automaton {
  const anything = repeat(one(wordIds(vocabulary)), 0);
  return compileExpression(sequence(anything, ...phrase.map(one), anything), vocabulary.size);
}

/** Returns why no text of a model can contain a phrase, or undefined if one can. */
export function phraseObstacle(text: string, { vocabulary, maxTokens, split }: ModelInfo): string | undefined {
  const words = split(text);
  const unknown = words.filter((_, i) => phraseOf(text, { vocabulary, split })[i]!.length === 0);
  const known = wordIds(vocabulary).map((id) => vocabulary.tokens[id]!);
  const meant = unknown
    .map((word) => nearest(word, known))
    .map((word) => (word === undefined ? '' : ` (did you mean "${word}"?)`));
  if (unknown.length > 0) return `the vocabulary has no ${unknown.map((word, i) => `"${word}"${meant[i]}`).join(', no ')}`;
  if (words.length === 0) return 'expected a word, got none';
  return words.length > maxTokens - 2
    ? `expected at most ${maxTokens - 2} words, the longest text of this model, got ${words.length}`
    : undefined;
}

/** Returns the problem of a guide about words with a model whose tokens are parts of words. */
export function subwordProblems({ wordLevel }: ModelInfo, path: string): Problem[] {
  const message = 'is about words, and a token of this model is a part of a word; use a model with a word tokenizer';
  return wordLevel ? [] : [{ path, message }];
}

/** Returns the problem of a guide that needs an automaton with a model that cannot follow one. */
export function wordLevelProblems(model: ModelInfo, path: string): Problem[] {
  if (!model.wordLevel) return subwordProblems(model, path);
  if (!model.interpolates)
    return [
      {
        path,
        message: 'constrains whole texts, which a model of the `paper` recipe does not support; use one of the default recipe',
      },
    ];
  return [];
}
