import { joinWords } from './join-words.js';
import { splitter, type Split } from './split-words.js';
import { saveWordTokenizer } from './word-json.js';
import type { Tokenizer, Vocabulary } from './types.js';

export { joinWords } from './join-words.js';
export { splitSpaces, splitter, splitWords, type Split } from './split-words.js';

/** Returns a tokenizer whose tokens are words. `tokenizer.json` keeps the split. */
export function wordTokenizer(vocabulary: Vocabulary, split: Split = 'words'): Tokenizer {
  return {
    level: 'word',
    vocabulary,
    tokenize: splitter(split),
    detokenize: (tokens) => (split === 'words' ? joinWords(tokens) : tokens.join(' ')),
    save: (folder) => saveWordTokenizer(folder, vocabulary, split),
  };
}
