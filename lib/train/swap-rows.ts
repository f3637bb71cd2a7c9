import type { TrainGuideConfig } from '../config/index.js';
import { InputError } from '../base/errors.js';
import { keyOf, split, type Key } from '../base/random.js';
import type { AnnotatedRow, Tokenizer } from '../text/types.js';
import { phraseReplacer } from './swap.js';
import { locate } from '../base/locate.js';
import { readPhraseGroups } from './training-data.js';

/** Replaces names in a row: in its words and in its fields. */
export type RowSwapper = (row: AnnotatedRow, key: Key) => AnnotatedRow;

/**
 * Returns the augmentation of a guide's training rows, or undefined if the config asks for none.
 *
 * @throws InputError if the rows are parsed, since other words would have another parse
 */
export async function rowSwapper(
  { augmentation: { names }, parses }: TrainGuideConfig,
  tokenizer: Tokenizer,
): Promise<RowSwapper | undefined> {
  if (!names) return undefined;
  if (parses !== undefined) {
    const message = 'expected no names for a guide that is trained on parses, since other words would have another parse';
    throw new InputError('config', [{ path: '/augmentation/names', message }]);
  }
  const replacer = phraseReplacer(await readPhraseGroups(locate(names.path), tokenizer), names.share);
  return (row, key) => {
    const replace = replacer(row.words, key);
    const fields = Object.entries(row.fields).map(([name, text]): [string, string] => {
      const words = tokenizer.tokenize(text);
      const replaced = replace(words);
      return [name, replaced.join(' ') === words.join(' ') ? text : tokenizer.detokenize(replaced)];
    });
    return { ...row, words: replace(row.words), fields: Object.fromEntries(fields) };
  };
}

/** Returns the rows, and once more with other names, so that the labels of names that occur in no row are found. */
export function withSwapped(rows: readonly AnnotatedRow[], swap: RowSwapper | undefined, seed: number): readonly AnnotatedRow[] {
  return swap ? [...rows, ...rows.map((row, i) => swap(row, split(keyOf(seed), 'classes', i)))] : rows;
}
