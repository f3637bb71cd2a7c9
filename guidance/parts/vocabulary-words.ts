import { wordIds } from '../../lib/automaton/index.js';
import { nearest } from '../../lib/config/index.js';
import type { Problem } from '../../lib/base/errors.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import type { Vocabulary } from '../../lib/text/types.js';
import { subwordProblems } from './word-level.js';

/** The ids of a word, of all its spellings in upper and lower case where case does not matter; none where the vocabulary lacks it. */
export type WordIds = (word: string) => readonly number[];

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

/** What is wrong with a word, or undefined. */
export function unknownWord(word: string, idsOf: WordIds, vocabulary: Vocabulary): string | undefined {
  if (idsOf(word).length > 0) return undefined;
  const known = wordIds(vocabulary).map((id) => vocabulary.tokens[id]!);
  const meant = nearest(word, known);
  return `the vocabulary of this model has no word "${word}"${meant === undefined ? '' : `; the nearest is "${meant}"`}`;
}

/** The problem of a guide that weighs whole texts of words, with a model that is not fit for it. */
export function wordLevelProblems(model: ModelInfo, path: string): Problem[] {
  if (!model.wordLevel) return subwordProblems(model, path);
  if (!model.interpolates)
    return [
      { path, message: "weighs whole texts, which a model of the paper's recipe does not take; use one of the default recipe" },
    ];
  return [];
}
