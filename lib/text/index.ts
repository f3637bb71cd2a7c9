/** Texts as data: corpora, tokens, trees, patterns and templates. Takes files and strings; gives rows, token ids and parsed syntax; knows nothing of tensors and models. */
export { type Corpus, type CorpusOptions, readCorpus } from './corpus.js';
export { loadTokenizer } from './load-tokenizer.js';
export { splitWords } from './split-words.js';
export type { AnnotatedRow, ParsedRow, Tokenizer, Vocabulary } from './types.js';
export { buildVocabulary, coverage, type Coverage, vocabularyWith } from './vocabulary.js';
export { wordTokenizer } from './word-tokenizer.js';
