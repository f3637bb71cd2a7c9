import { inputError, messageOf } from '../../lib/base/errors.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { readParses, wordsOf } from '../../lib/text/parses.js';
import { splitWords } from '../../lib/text/split-words.js';

/** Prints how far the word tokenizer agrees with the words in the parses of a corpus. */
async function main(args: readonly string[]): Promise<void> {
  const [csv, column, parses] = args;
  if (!csv || !column || !parses) throw inputError('arguments', 'expected: check-tokenizer CSV COLUMN PARSES');
  const { rows, skipped } = await readCorpus(csv, { column });
  const texts = [...rows, ...skipped.map(({ line }) => ({ line, text: '' }))].sort((a, b) => a.line - b.line); // indexed by row of the file
  const parsed = await readParses(parses);
  let common = 0;
  let tokens = 0;
  let identical = 0;
  for (const row of parsed) {
    const text = texts[row.line]?.text;
    if (text === undefined) throw inputError(parses, `row ${row.line} is not in ${csv}: expected parses of that file`);
    const [ours, theirs] = [splitWords(text), wordsOf(row)];
    const shared = commonLength(ours, theirs);
    common += 2 * shared;
    tokens += ours.length + theirs.length;
    if (shared === ours.length && shared === theirs.length) identical++;
  }
  console.log(
    `tokens in common ${percent(common / tokens)} (2 x longest common subsequence / tokens of both sides, ${tokens} tokens)`,
  );
  console.log(`rows identical ${percent(identical / parsed.length)} (${identical} of ${parsed.length})`);
}

/** Returns the length of the longest common subsequence. */
function commonLength(a: readonly string[], b: readonly string[]): number {
  let previous = new Int32Array(b.length + 1);
  for (const token of a) {
    const next = new Int32Array(b.length + 1);
    for (let j = 0; j < b.length; j++) next[j + 1] = token === b[j] ? previous[j]! + 1 : Math.max(previous[j + 1]!, next[j]!);
    previous = next;
  }
  return previous[b.length]!;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
