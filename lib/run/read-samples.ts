import { isRecord } from '../base/is-record.js';
import { jsonLines } from '../base/jsonl.js';
import { isWords } from '../judges/controls/target-options.js';
import type { SampleLine } from './sample-line.js';

/** What mends a samples.jsonl that was damaged: `generate` makes every text again that the file lacks, to the same bytes. */
export const MEND_SAMPLES = 'remove this line and all lines after it, and run `diffusteer generate` again';

/**
 * Reads the texts of a samples.jsonl one by one. A last line that was cut short is left out.
 *
 * @throws InputError if the file cannot be read, or with the line that is not a text of a run or has the id of an earlier one
 */
export async function* sampleLines(path: string): AsyncGenerator<SampleLine> {
  const ids = new Set<string>();
  const problemOf = (value: unknown): string | undefined => {
    const wrong = wrongSample(value);
    if (wrong !== undefined) return `${wrong}; ${MEND_SAMPLES}`;
    const { id } = value as SampleLine;
    if (ids.has(id)) return `text ${JSON.stringify(id)} is in the file twice; ${MEND_SAMPLES}`;
    ids.add(id);
    return undefined;
  };
  yield* jsonLines<SampleLine>(path, problemOf, MEND_SAMPLES);
}

/** Reads all texts of a samples.jsonl into memory. @throws InputError as `sampleLines` */
export async function readSamples(path: string): Promise<SampleLine[]> {
  const lines: SampleLine[] = [];
  for await (const line of sampleLines(path)) lines.push(line);
  return lines;
}

function wrongSample(value: unknown): string | undefined {
  if (!isRecord(value)) return 'expected an object with a text of a run';
  const { id, tokens, sample, target, text, guides } = value;
  const isText = typeof id === 'string' && typeof sample === 'number' && isWords(tokens) && typeof text === 'string';
  if (isText && isRecord(target) && isRecord(guides)) return undefined;
  return 'expected a text of a run with id, target, sample, tokens, text and guides';
}
