import { isRecord } from '../base/is-record.js';
import { jsonLines } from '../base/jsonl.js';
import { isWords } from '../judges/controls/target-options.js';
import type { SampleLine } from './sample-line.js';

/**
 * Reads the texts of a samples.jsonl one by one. A last line that was cut short is left out.
 *
 * @throws InputError if the file cannot be read, or with the line that is not a text of a run
 */
export const sampleLines = (path: string): AsyncGenerator<SampleLine> => jsonLines<SampleLine>(path, wrongSample);

/** Reads all texts of a samples.jsonl into memory. @throws InputError as `sampleLines` */
export async function readSamples(path: string): Promise<SampleLine[]> {
  const lines: SampleLine[] = [];
  for await (const line of sampleLines(path)) lines.push(line);
  return lines;
}

function wrongSample(value: unknown): string | undefined {
  if (!isRecord(value)) return 'expected an object with a text of a run';
  const { id, tokens, sample, target } = value;
  if (typeof id !== 'string' || !isWords(tokens) || typeof sample !== 'number' || !isRecord(target))
    return 'expected a text of a run with id, target, sample and tokens; remove the line, or run `generate` again';
  return undefined;
}
