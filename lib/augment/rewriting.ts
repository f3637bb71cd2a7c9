import { inputError } from '../base/errors.js';
import type { AugmentConfig } from '../config/index.js';
import type { Vocabulary } from '../text/types.js';
import { type GivenRow, rowsByLabel } from './given-rows.js';

/** The model that rewrites rows, and how. */
export interface Rewriter extends NonNullable<AugmentConfig['rewrite']> {
  readonly vocabulary: Pick<Vocabulary, 'id'>;
  /** Most words of a text. */
  readonly mostWords: number;
}

/** A text to write from a row. */
export type RewritingTarget = {
  readonly label: string;
  /** As the guide `infill` takes it. */
  readonly template: readonly string[];
  /** The text of the row. */
  readonly of: string;
};

/** Words that mean something else in a template of `infill`. */
const SIGNS = /^(?:_|\\|\.\.\.$|\*$)/;

/**
 * Returns a function that writes templates of `infill` from the rows of a label, in turn. A template has the words of a row that tell its label:
 * those that the fewest other labels have for each row of its own label that has them. The name of a label keeps all its words. Between them, and
 * around them, are gaps.
 *
 * @param rows rows of all labels
 * @throws InputError if the model knows no word of a label's rows
 */
export function rewritingTargets(
  rows: readonly GivenRow[],
  rewriter: Rewriter,
): (wanted: { readonly label: string; readonly texts: number }) => RewritingTarget[] {
  const byLabel = rowsByLabel(rows);
  const rarity = rarityOf(byLabel);
  return ({ label, texts }) => {
    const usable = byLabel.get(label)!.flatMap((row): RewritingTarget[] => {
      const template = rewritingTemplate(row, (word) => rarity(word, label), rewriter);
      return template.length === 0 ? [] : [{ label, template, of: row.text }];
    });
    if (usable.length === 0)
      throw inputError('rewrite', `the model knows no word of the rows of "${label}"; lower "tokenizer.minCount" in \`train\``);
    return Array.from({ length: texts }, (_, i) => usable[i % usable.length]!);
  };
}

/** Returns how many labels have a word per row of its label that has it. */
function rarityOf(byLabel: ReadonlyMap<string, readonly GivenRow[]>): (word: string, label: string) => number {
  const labelsWith = new Map<string, number>();
  for (const rows of byLabel.values())
    for (const word of new Set(rows.flatMap(({ words }) => words))) labelsWith.set(word, (labelsWith.get(word) ?? 0) + 1);
  return (word, label) => labelsWith.get(word)! / byLabel.get(label)!.filter(({ words }) => words.includes(word)).length;
}

/**
 * Returns the words of a row that stay, with gaps between those that are apart, and around them.
 *
 * @param rank the smaller, the sooner a word stays
 * @returns the words and gaps; empty if the model knows no word of the row
 */
export function rewritingTemplate(
  { words, line }: Pick<GivenRow, 'words' | 'line'>,
  rank: (word: string) => number,
  { keep, gap, vocabulary, mostWords }: Rewriter,
): string[] {
  const known = words.flatMap((word, i) => (vocabulary.id(word) !== undefined && !SIGNS.test(word) ? [i] : []));
  const ranked = [...known].sort((a, b) => rank(words[a]!) - rank(words[b]!) || a - b);
  const most = Math.min(mostWords, line === 0 ? words.length : keep);
  const stay = ranked.slice(0, most).sort((a, b) => a - b);
  if (stay.length === 0) return [];
  const space = `_:0-${gap}`;
  const inner = stay.flatMap((at, n) => [...(n > 0 && at > stay[n - 1]! + 1 ? [space] : []), words[at]!]);
  return [space, ...inner, space];
}
