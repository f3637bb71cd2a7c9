import type { TrainGuideConfig } from '../config/index.js';
import { InputError } from '../base/errors.js';
import { keyOf, split, type Key } from '../base/random.js';
import type { AnnotatedRow, Tokenizer } from '../text/types.js';
import { phraseReplacer } from './swap.js';
import { locate } from '../base/locate.js';
import { readPhraseGroups } from './training-data.js';

/** Puts other names into a row: into its words, and into what is said of them. */
export type RowSwapper = (row: AnnotatedRow, key: Key) => AnnotatedRow;

/**
 * The augmentation of a guide's training rows, undefined where the config asks for none.
 * Errors: an InputError where the rows are parsed, since a parse of other words would be another one.
 */
export async function rowSwapper(
  { augmentation: { names }, parses }: TrainGuideConfig,
  tokenizer: Tokenizer,
): Promise<RowSwapper | undefined> {
  if (!names) return undefined;
  if (parses !== undefined) {
    const message = 'expected none for a guide that learns from parses: they hold for the words that were parsed';
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

/** The rows as they are and once with other names, so that names are found that stand in none of the rows. */
export function withSwapped(rows: readonly AnnotatedRow[], swap: RowSwapper | undefined, seed: number): readonly AnnotatedRow[] {
  return swap ? [...rows, ...rows.map((row, i) => swap(row, split(keyOf(seed), 'classes', i)))] : rows;
}
