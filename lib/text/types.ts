/** The words a model knows, in the order of their ids. */
export interface Vocabulary {
  readonly size: number;
  readonly tokens: readonly string[];
  /** Undefined where the vocabulary lacks the token. */
  id(token: string): number | undefined;
  readonly pad: number;
  readonly unk: number;
  readonly start: number;
  readonly end: number;
}

export interface Tokenizer {
  /** Guides that speak of words need a `word` tokenizer. */
  readonly level: 'word' | 'subword';
  readonly vocabulary: Vocabulary;
  /** Tokens as the vocabulary spells them; a word that it lacks stays as it is. */
  tokenize(text: string): string[];
  /** Text a person would type. */
  detokenize(tokens: readonly string[]): string;
  /** Writes `tokenizer.json` in the Hugging Face format into the folder. */
  save(folder: string): Promise<void>;
}

/** One row of a corpus: `line` is the 1-based line (or CSV record's first line) of the file. */
export interface Row {
  readonly line: number;
  readonly text: string;
  /** What else was asked for: the values of other columns, by the names that the caller gave. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** One parsed sentence, as the parses of the corpus hold it. */
export interface ParsedSentence {
  readonly words: readonly string[];
  /** Penn Treebank tags, one a word. */
  readonly tags: readonly string[];
  /** Universal tags, one a word. */
  readonly upos: readonly string[];
  /** Penn bracketing. */
  readonly tree: string;
}

/** A row of a corpus with its parses; its words are those of its sentences in order. `line` is the 0-based row of the corpus. */
export interface ParsedRow {
  readonly line: number;
  readonly sentences: readonly ParsedSentence[];
}

/** A row that a guide learns from: its words, and what is known of them. */
export interface AnnotatedRow {
  readonly words: readonly string[];
  /** Its parses; none where the corpus has none. */
  readonly sentences: readonly ParsedSentence[];
  /** Other columns of the corpus, by the names that the guide asks for. */
  readonly fields: Readonly<Record<string, string>>;
}
