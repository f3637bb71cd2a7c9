/** The tokens that a model knows, in the order of their ids. */
export interface Vocabulary {
  readonly size: number;
  readonly tokens: readonly string[];
  /** Returns the id of a token; undefined if the vocabulary lacks it. */
  id(token: string): number | undefined;
  readonly pad: number;
  readonly unk: number;
  readonly start: number;
  readonly end: number;
}

/** Converts between text and tokens. */
export interface Tokenizer {
  /** Guides of words need a `word` tokenizer. */
  readonly level: 'word' | 'subword';
  readonly vocabulary: Vocabulary;
  /** Returns tokens as the vocabulary spells them; a word that it lacks stays as it is. */
  tokenize(text: string): string[];
  /** Returns text with natural spacing. */
  detokenize(tokens: readonly string[]): string;
  /** Writes `tokenizer.json` in the Hugging Face format to a folder. */
  save(folder: string): Promise<void>;
}

/** One row of a corpus; `line` is its line in the file (or the first line of its CSV record), counted from 1. */
export interface Row {
  readonly line: number;
  readonly text: string;
  /** Values of further columns, by the names that the caller gave. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** One parsed sentence of a corpus. */
export interface ParsedSentence {
  readonly words: readonly string[];
  /** Penn Treebank tags, one per word. */
  readonly tags: readonly string[];
  /** Universal tags, one per word. */
  readonly upos: readonly string[];
  /** Penn bracketing. */
  readonly tree: string;
}

/** A parsed row of a corpus; its words are those of its sentences in order. `line` is the row of the corpus, counted from 0. */
export interface ParsedRow {
  readonly line: number;
  readonly sentences: readonly ParsedSentence[];
}

/** A row that a guide learns from: its words and their annotations. */
export interface AnnotatedRow {
  readonly words: readonly string[];
  /** Its parses; empty if the corpus has none. */
  readonly sentences: readonly ParsedSentence[];
  /** Further columns of the corpus, by the names that the guide asks for. */
  readonly fields: Readonly<Record<string, string>>;
}
