import { isRecord } from '../base/is-record.js';
import { readAtMost, refuseManyLines } from '../base/files.js';
import { InputError, inputError, messageOf, type Problem, throwProblems } from '../base/errors.js';
import { decodeUtf8, isTooNested, TOO_NESTED } from './json.js';

const MAX_TARGETS_BYTES = 1_000_000_000;

/** The requirements on a text. */
export interface Target {
  /** Position for messages: `targets.jsonl:3`, or `/targets/2` in an inline list. */
  readonly where: string;
  /** The object as given; any other value becomes `{ value }`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a file of JSON lines (at most 1 GB and 5 million lines; empty lines are skipped), or takes an inline list.
 *
 * @throws InputError with all bad lines, by number
 */
export async function readTargets(source: string | readonly unknown[]): Promise<Target[]> {
  const targets =
    typeof source === 'string'
      ? await readLines(source)
      : source.map((value, i) => ({ where: `/targets/${i}`, fields: fieldsOf(value) }));
  if (targets.length === 0)
    throw inputError(typeof source === 'string' ? source : '/targets', 'expected at least one target, got none');
  return targets;
}

async function readLines(path: string): Promise<Target[]> {
  const targets: Target[] = [];
  const problems: Problem[] = [];
  const file = await readAtMost(path, MAX_TARGETS_BYTES);
  refuseManyLines(path, file);
  let number = 0;
  for (const bytes of lines(file)) {
    number++;
    try {
      const line = decodeUtf8('line', bytes).trim();
      if (line === '') continue;
      const value: unknown = JSON.parse(line);
      if (isTooNested(value)) problems.push({ path: `line ${number}`, message: TOO_NESTED });
      else targets.push({ where: `${path}:${number}`, fields: fieldsOf(value) });
    } catch (error) {
      const message = error instanceof InputError ? error.problems[0]!.message : `is not JSON: ${messageOf(error)}`;
      problems.push({ path: `line ${number}`, message });
    }
  }
  throwProblems(path, problems);
  return targets;
}

function* lines(bytes: Buffer): Generator<Uint8Array> {
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    yield bytes.subarray(start, end === -1 ? bytes.length : end);
    if (end === -1) return;
    start = end + 1;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : { value };
}
