import type { WordPattern } from '../text/word-regex.js';
import { choice, one, repeat, sequence, type Expression } from './token-regex.js';

/** What the words and names of a pattern mean in a vocabulary, as ids of tokens. */
export interface WordMeanings {
  /** Every word of the vocabulary. */
  readonly any: readonly number[];
  word(word: string): readonly number[];
  /** The phrases that a tag or a list stands for, each a sequence of words that are one of several tokens. */
  name(name: string): readonly (readonly (readonly number[])[])[];
}

/** A pattern over words as an expression over tokens. In a negated class a name stands for its phrases of one word. */
export function expressionOf(pattern: WordPattern, meanings: WordMeanings): Expression {
  switch (pattern.kind) {
    case 'word':
      return one(meanings.word(pattern.word));
    case 'any':
      return one(meanings.any);
    case 'class': {
      const phrases = pattern.items.flatMap(({ kind, text }) =>
        kind === 'word' ? [[meanings.word(text)]] : meanings.name(text),
      );
      const tokens = new Set(phrases.flatMap((phrase) => (phrase.length === 1 ? phrase[0]! : [])));
      if (pattern.negated) return one(meanings.any.filter((id) => !tokens.has(id)));
      const longer = phrases.filter((phrase) => phrase.length !== 1).map((phrase) => sequence(...phrase.map(one)));
      const single = one([...tokens].sort((a, b) => a - b));
      return longer.length === 0 ? single : choice(single, ...longer);
    }
    case 'sequence':
      return sequence(...pattern.parts.map((part) => expressionOf(part, meanings)));
    case 'choice':
      return choice(...pattern.parts.map((part) => expressionOf(part, meanings)));
    case 'repeat':
      return repeat(expressionOf(pattern.part, meanings), pattern.min, pattern.max);
  }
}
