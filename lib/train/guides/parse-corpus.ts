import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DiffusteerError, Interrupted } from '../../base/errors.js';
import { cutTornLine } from '../../base/jsonl.js';
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
 * @throws Interrupted after writing what is done; JudgeUnavailable if the parser fails
 */
export async function parseCorpus(
  rows: readonly Pick<Row, 'text'>[],
  output: string,
  treesOf: TreesOf,
  hooks: ParseHooks = {},
): Promise<void> {
  const part = `${output}.part`;
  await mkdir(dirname(output), { recursive: true });
  const from = await cutTornLine(part);
  if (from > rows.length) {
    throw new DiffusteerError(
      `${part} has ${from} lines, and the corpus ${rows.length} rows: it is of another corpus; remove it`,
    );
  }
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

function lineOf(line: number, words: readonly string[], sentences: readonly SentenceParse[]): string {
  let start = 0;
  const parsed = sentences.map(({ tree, brackets }) => {
    const own = words.slice(start, (start += brackets.tags.length));
    return { words: own, tags: brackets.tags, upos: universalTags(own, brackets), tree };
  });
  return `${JSON.stringify({ line, sentences: parsed })}\n`;
}
