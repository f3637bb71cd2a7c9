import { commonTokens } from '../../text/vocabulary.js';

/** Vocabularies of the features of a word: its spelling, suffix and shape. Ids 0 to 3 are reserved. */
export interface WordFeatures {
  readonly words: readonly string[];
  /** Last three letters, in lower case. */
  readonly suffixes: readonly string[];
}

/** Number of ids per word: word, suffix, shape. */
export const FEATURES = 3;

/** PAD, UNK, START and END, in each feature. */
const RESERVED = 4;
const PAD = 0;
export const UNKNOWN = 1;
const START = 2;
const END = 3;

const SHAPES = [
  'digits',
  'with digits',
  'capitals',
  'Capitalised',
  'Capitalised, first',
  'hyphenated',
  'letters',
  'signs',
] as const;

type Shape = (typeof SHAPES)[number];

function shapeOf(word: string, isFirst: boolean): Shape {
  if (/^[\p{N}.,:/-]*\p{N}$/u.test(word)) return 'digits';
  if (/\p{N}/u.test(word)) return 'with digits';
  if (!/\p{L}/u.test(word)) return 'signs';
  if (/^\p{Lu}{2,}$/u.test(word)) return 'capitals';
  if (/^\p{Lu}/u.test(word)) return isFirst ? 'Capitalised, first' : 'Capitalised';
  return word.includes('-') ? 'hyphenated' : 'letters';
}

const suffixOf = (word: string): string => word.toLowerCase().slice(-3);

/** Returns words and suffixes that occur at least `minCount` times, most frequent first. */
export function countFeatures(rows: readonly (readonly string[])[], minCount: number): { words: string[]; suffixes: string[] } {
  return {
    words: commonTokens(rows, minCount),
    suffixes: commonTokens(
      rows.map((words) => words.map(suffixOf)),
      minCount,
    ),
  };
}

/** Returns the number of ids of each feature. */
export const featureSizes = ({ words, suffixes }: WordFeatures): readonly [number, number, number] => [
  RESERVED + words.length,
  RESERVED + suffixes.length,
  RESERVED + SHAPES.length,
];

/** Returns the feature ids of a text between START and END. */
export type FeatureReader = (words: readonly string[]) => Int32Array; // [words + 2, 3]

export function featureReader(features: WordFeatures): FeatureReader {
  const wordIds = new Map(features.words.map((word, i) => [word, RESERVED + i]));
  const suffixIds = new Map(features.suffixes.map((suffix, i) => [suffix, RESERVED + i]));
  return (words) => {
    const ids = new Int32Array((words.length + 2) * FEATURES);
    ids.fill(START, 0, FEATURES);
    words.forEach((word, i) => {
      const shape = SHAPES.indexOf(shapeOf(word, i === 0));
      ids.set([wordIds.get(word) ?? UNKNOWN, suffixIds.get(suffixOf(word)) ?? UNKNOWN, RESERVED + shape], (i + 1) * FEATURES);
    });
    ids.fill(END, (words.length + 1) * FEATURES);
    return ids;
  };
}

/** Concatenates rows of features, padded with PAD: [rows, length, 3], row-major. */
export function paddedFeatures(texts: readonly Int32Array[], rows: number, length: number): Int32Array {
  const ids = new Int32Array(rows * length * FEATURES).fill(PAD);
  texts.forEach((text, i) => ids.set(text, i * length * FEATURES));
  return ids;
}
