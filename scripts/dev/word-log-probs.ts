import type { LanguageModel } from '../../lib/model/causal/language-model.js';

/** Texts that are read side by side. */
const ROWS = 64;

/** Returns ln p of each word of each text and of the END after them, nats. Words that the model lacks count as UNK. */
export async function logProbsOf(
  { vocabulary, decoder }: LanguageModel,
  texts: readonly (readonly string[])[],
): Promise<number[][]> {
  const rows = decoder(ROWS, { unknown: true });
  const found = texts.map((): number[] => []);
  for (let from = 0; from < texts.length; from += ROWS) {
    const some = texts
      .slice(from, from + ROWS)
      .map((words) => [...words.map((word) => vocabulary.id(word) ?? vocabulary.unk), vocabulary.end]);
    let tokens = Array<number>(ROWS).fill(vocabulary.start);
    for (let at = 0; at < Math.max(...some.map(({ length }) => length)); at++) {
      const next = await rows.next(tokens);
      some.forEach((ids, row) => at < ids.length && found[from + row]!.push(next[row]![ids[at]!]!));
      tokens = tokens.map((_, row) => some[row]?.[at] ?? vocabulary.pad);
    }
  }
  rows.dispose();
  return found;
}
