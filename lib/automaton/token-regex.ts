import type { WordRegex } from '../text/word-regex.js';

/** A regular expression over tokens, the input of `compileExpression`. */
export type TokenRegex =
  | { readonly kind: 'one'; /** One token out of these. */ readonly tokens: readonly number[] }
  | { readonly kind: 'sequence'; readonly parts: readonly TokenRegex[] }
  | { readonly kind: 'choice'; readonly parts: readonly TokenRegex[] }
  | { readonly kind: 'repeat'; readonly part: TokenRegex; readonly min: number; /** May be Infinity. */ readonly max: number };

export const one = (tokens: readonly number[]): TokenRegex => ({ kind: 'one', tokens });
export const sequence = (...parts: readonly TokenRegex[]): TokenRegex => ({ kind: 'sequence', parts });
export const choice = (...parts: readonly TokenRegex[]): TokenRegex => ({ kind: 'choice', parts });
export const repeat = (part: TokenRegex, min: number, max = Infinity): TokenRegex => ({ kind: 'repeat', part, min, max });

/** The meaning of the words and names of a word regex in a vocabulary, as token ids. */
export interface WordMeanings {
  /** Every word of the vocabulary. */
  readonly any: readonly number[];
  word(word: string): readonly number[];
  /** Returns the phrases of a tag or a list: each is a sequence of words, each word one of several tokens. */
  name(name: string): readonly (readonly (readonly number[])[])[];
}

/** Translates a word regex to token ids. In a negated class a name stands for its phrases of one word. */
export function tokenRegexOf(regex: WordRegex, meanings: WordMeanings): TokenRegex {
  switch (regex.kind) {
    case 'word':
      return one(meanings.word(regex.word));
    case 'any':
      return one(meanings.any);
    case 'class': {
      const phrases = regex.items.flatMap(({ kind, text }) => (kind === 'word' ? [[meanings.word(text)]] : meanings.name(text)));
      const tokens = new Set(phrases.flatMap((phrase) => (phrase.length === 1 ? phrase[0]! : [])));
      if (regex.negated) return one(meanings.any.filter((id) => !tokens.has(id)));
      const longer = phrases.filter((phrase) => phrase.length !== 1).map((phrase) => sequence(...phrase.map(one)));
      const single = one([...tokens].sort((a, b) => a - b));
      return longer.length === 0 ? single : choice(single, ...longer);
    }
    case 'sequence':
      return sequence(...regex.parts.map((part) => tokenRegexOf(part, meanings)));
    case 'choice':
      return choice(...regex.parts.map((part) => tokenRegexOf(part, meanings)));
    case 'repeat':
      return repeat(tokenRegexOf(regex.part, meanings), regex.min, regex.max);
  }
}
