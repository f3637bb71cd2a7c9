import { type Static, Type } from '@sinclair/typebox';
import { Ajv, type ValidateFunction } from 'ajv';
import { inputError, type Problem, throwProblems } from '../base/errors.js';
import { type PennTree, readBracketing } from './penn-tree.js';
import { lines, readText } from './read-text.js';
import type { ParsedRow } from './types.js';

const words = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000 });

const schema = Type.Object({
  line: Type.Integer({ minimum: 0 }),
  sentences: Type.Array(Type.Object({ words, tags: words, upos: words, tree: Type.String({ maxLength: 100_000 }) }), {
    maxItems: 1000,
  }),
});

let compiled: ValidateFunction<Static<typeof schema>> | undefined; // on demand: every command loads this file, few read parses

/**
 * Reads the parses of a corpus: JSON Lines, perhaps gzipped, each `{line, sentences: [{words, tags, upos, tree}]}`.
 *
 * @throws InputError with the wrong lines, or if there are no parses
 */
export async function readParses(path: string): Promise<ParsedRow[]> {
  const problems: Problem[] = [];
  const rows: ParsedRow[] = [];
  for (const { line, text } of lines(await readText(path))) {
    if (text.trim() === '') continue;
    const parsed = parsedRow(text);
    if (typeof parsed === 'string') problems.push({ path: `line ${line}`, message: parsed });
    else rows.push(parsed);
  }
  throwProblems(path, problems);
  if (rows.length === 0) throw inputError(path, 'there are no parses, expected one JSON object per line');
  return rows;
}

/** Returns the row, or what is wrong with it. */
function parsedRow(json: string): ParsedRow | string {
  let row: unknown;
  try {
    row = JSON.parse(json);
  } catch {
    return 'expected a JSON object on one line, got something else';
  }
  const matches = (compiled ??= new Ajv({ allErrors: false }).compile<Static<typeof schema>>(schema));
  if (!matches(row)) {
    const [first] = matches.errors ?? [];
    return `expected {line, sentences: [{words, tags, upos, tree}]}; ${first?.instancePath || 'the object'} ${first?.message}`;
  }
  const uneven = row.sentences.findIndex((s) => s.tags.length !== s.words.length || s.upos.length !== s.words.length);
  return uneven < 0 ? row : `/sentences/${uneven}: expected as many tags and upos as words`;
}

/** Reads the trees of a sentence of a row. @throws Error if its parse is no bracketing */
export function treesOfParse(parse: string): readonly PennTree[] {
  const trees = readBracketing(parse);
  if ('message' in trees) throw new Error(`a parse of the training data is no tree: column ${trees.column}: ${trees.message}`);
  return trees;
}

/** Returns all words of a row, in order. */
export function wordsOf(row: Pick<ParsedRow, 'sentences'>): string[] {
  return row.sentences.flatMap((sentence) => sentence.words);
}

/** Returns the Penn tags of a row, one per word. */
export function tagsOf(row: Pick<ParsedRow, 'sentences'>): string[] {
  return row.sentences.flatMap((sentence) => sentence.tags);
}

/** Returns the Universal tags of a row, one per word. */
export function uposOf(row: Pick<ParsedRow, 'sentences'>): string[] {
  return row.sentences.flatMap((sentence) => sentence.upos);
}
