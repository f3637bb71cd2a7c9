import { joinWords } from './join-words.js';
import { type Split, splitter } from './split-words.js';
import type { Tokenizer, Vocabulary } from './types.js';
import { saveWordTokenizer } from './word-json.js';

export { joinWords } from './join-words.js';
export { type Split, splitSpaces, splitter, splitWords } from './split-words.js';

const JOINERS: Readonly<Record<Split, (words: readonly string[]) => string>> = {
  words: joinWords,
  spaces: (words) => words.join(' '),
  characters: (words) => words.join(''),
};

/** Returns a tokenizer whose tokens are words, or characters. `tokenizer.json` keeps the split. */
export function wordTokenizer(vocabulary: Vocabulary, split: Split = 'words'): Tokenizer {
  return {
    level: 'word',
    vocabulary,
    tokenize: splitter(split),
    detokenize: JOINERS[split],
    save: (folder) => saveWordTokenizer(folder, vocabulary, split),
  };
}
