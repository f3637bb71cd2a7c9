/** Universal tags (universaldependencies.org/u/pos) with their names. */
export const TAGS: readonly (readonly [tag: string, name: string])[] = [
  ['DET', 'determiner'],
  ['ADJ', 'adjective'],
  ['NOUN', 'noun'],
  ['PROPN', 'proper noun'],
  ['PRON', 'pronoun'],
  ['VERB', 'verb'],
  ['AUX', 'auxiliary'],
  ['ADV', 'adverb'],
  ['ADP', 'preposition'],
  ['CCONJ', 'coordinating conjunction'],
  ['SCONJ', 'subordinating conjunction'],
  ['PART', 'particle'],
  ['NUM', 'number'],
  ['INTJ', 'interjection'],
  ['PUNCT', 'punctuation'],
  ['SYM', 'symbol'],
  ['X', 'other'],
];

/** Phrase labels of the Penn Treebank that are common enough to offer. */
export const PHRASES: readonly (readonly [label: string, name: string])[] = [
  ['NP', 'noun phrase'],
  ['VP', 'verb phrase'],
  ['PP', 'prepositional phrase'],
  ['ADJP', 'adjective phrase'],
  ['ADVP', 'adverb phrase'],
  ['S', 'clause'],
  ['SBAR', 'subordinate clause'],
];
