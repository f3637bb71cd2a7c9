import { open, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { inputError, Interrupted } from '../../base/errors.js';
import { isRecord } from '../../base/is-record.js';
import { cutTornLine, jsonLines } from '../../base/jsonl.js';
import { withLock } from '../../base/lock.js';
import type { SentenceParse, TreesOf } from '../../judges/parsers/corenlp-client.js';
import { universalTags } from '../../judges/parsers/universal-tags.js';
import type { Row } from '../../text/types.js';
import { splitWords } from '../../text/word-tokenizer.js';

export interface ParseHooks {
  /** Called with the number of rows done, those of an earlier run included. */
  onRows?(done: number): void;
  readonly signal?: AbortSignal | undefined;
}

/** Rows between two writes: a few seconds of work. */
const CHUNK = 200;

/**
 * Parses the rows of a corpus for the guides that learn from parses: one JSON object per row, as `readParses` reads them. Lines are
 * appended to `OUTPUT.part`, which gets its name when it is whole; a stopped run resumes after its last complete line.
 *
 * @param rows of the corpus, in order
 * @throws Interrupted after writing what is done; JudgeUnavailable if the parser fails; InputError if another process writes the file, or if its
 *   lines are not those of the corpus
 */
export const parseCorpus = (
  rows: readonly Pick<Row, 'text'>[],
  output: string,
  treesOf: TreesOf,
  hooks: ParseHooks = {},
): Promise<void> => withLock(dirname(output), `parse ${basename(output)}`, () => parseInto(rows, output, treesOf, hooks));

async function parseInto(rows: readonly Pick<Row, 'text'>[], output: string, treesOf: TreesOf, hooks: ParseHooks): Promise<void> {
  const part = `${output}.part`;
  const from = await cutTornLine(part);
  if (from > 0) await checkSameRows(part, rows);
  const file = await open(part, 'a');
  try {
    for (let at = from; at < rows.length; at += CHUNK) {
      if (hooks.signal?.aborted) throw new Interrupted(`stopped after ${at} of ${rows.length} rows; the same command resumes`);
      const texts = rows.slice(at, at + CHUNK).map(({ text }) => splitWords(text));
      const parsed = await treesOf(texts);
      await file.write(texts.map((words, i) => lineOf(at + i, words, parsed[i]!)).join(''));
      hooks.onRows?.(Math.min(rows.length, at + CHUNK));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, output);
}

/** @throws InputError with the first line of the file that is not the parse of its row */
async function checkSameRows(part: string, rows: readonly Pick<Row, 'text'>[]): Promise<void> {
  let index = 0;
  for await (const value of jsonLines(part, undefined, 'remove the file to parse again')) {
    const row = rows[index++];
    const isSame = row !== undefined && isRecord(value) && value['line'] === index - 1 && hasWords(value, splitWords(row.text));
    if (isSame) continue;
    throw inputError(`${part}:${index}`, 'is not the parse of this row of the corpus; remove the file to parse again');
  }
}

function hasWords({ sentences }: Record<string, unknown>, words: readonly string[]): boolean {
  if (!Array.isArray(sentences)) return false;
  const found = sentences.flatMap((sentence: unknown) => (isRecord(sentence) ? sentence['words'] : []));
  return found.length === words.length && words.every((word, i) => found[i] === word);
}

function lineOf(line: number, words: readonly string[], sentences: readonly SentenceParse[]): string {
  let start = 0;
  const parsed = sentences.map(({ tree, brackets }) => {
    const own = words.slice(start, (start += brackets.tags.length));
    return { words: own, tags: brackets.tags, upos: universalTags(own, brackets), tree };
  });
  return `${JSON.stringify({ line, sentences: parsed })}\n`;
}
