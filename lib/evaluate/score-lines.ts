import { truncate } from 'node:fs/promises';
import { InputError } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { jsonLines, lineEnds, wholeLines } from '../base/jsonl.js';
import { sampleLines } from '../run/read-samples.js';
import type { SampleLine } from '../run/sample-line.js';
import type { TextScores } from './metrics.js';

/** What mends a damaged scores.jsonl: `evaluate` keeps the scores before the damage and computes the others again. */
const REMEDY = 'evaluate the run again, which mends it';

/** Reads the lines of a scores.jsonl one by one. @throws InputError with the line that is not the scores of a text */
export const scoreLines = (path: string): AsyncGenerator<TextScores> =>
  jsonLines<TextScores>(path, (value) => (isScores(value) ? undefined : `expected the scores of a text; ${REMEDY}`), REMEDY);

/**
 * Cuts off a scores.jsonl from the first line that is not the scores of its text, and a last line that was cut short: what follows is
 * computed again.
 *
 * @param samples path of the texts, in the same order
 * @returns the number of lines that remain; 0 if there is no file
 */
export async function keepScores(path: string, samples: string): Promise<number> {
  const ends = await lineEnds(path);
  if (ends.length === 0) return 0;
  const kept = await matchingLines(path, samples);
  await truncate(path, ends[kept - 1] ?? 0);
  return kept;
}

async function matchingLines(path: string, samples: string): Promise<number> {
  const texts = sampleLines(samples);
  let kept = 0;
  for await (const { text } of wholeLines(path)) {
    const scores = parsed(text);
    const id = await nextId(texts);
    if (!isScores(scores) || id === undefined || scores.id !== id) break;
    kept++;
  }
  await texts.return(undefined);
  return kept;
}

/** Returns undefined after the last text, and at a broken line, which the evaluation reports. */
async function nextId(texts: AsyncGenerator<SampleLine>): Promise<string | undefined> {
  try {
    const next = await texts.next();
    return next.done === true ? undefined : next.value.id;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isScores(value: unknown): value is TextScores {
  if (!isRecord(value)) return false;
  const { id, sample, guides, fluency, referenceFluency = {}, copied = false, longestCopied = 0 } = value;
  return (
    typeof id === 'string' &&
    typeof sample === 'number' &&
    isRecordOf(guides, isGuideScore) &&
    [fluency, referenceFluency].every((costs) => isRecordOf(costs, isCost)) &&
    typeof copied === 'boolean' &&
    typeof longestCopied === 'number'
  );
}

function isGuideScore(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { value: score, also = {}, reference = 0, referenceAlso = {}, marks = [], detail = '' } = value;
  return (
    [score, reference].every(isNumber) &&
    [also, referenceAlso].every((figures) => isRecordOf(figures, isFigure)) &&
    typeof detail === 'string' &&
    Array.isArray(marks) &&
    marks.every(isMark)
  );
}

/** JSON has null for the infinity of a text that a model thinks impossible. */
const isNumber = (value: unknown): boolean => typeof value === 'number' || value === null;

const isCost = (value: unknown): boolean => isRecord(value) && [value['nats'], value['tokens']].every(isNumber);

const isFigure = (value: unknown): boolean =>
  isNumber(value) || (isRecord(value) && [value['part'], value['whole']].every(isNumber));

const isMark = (value: unknown): boolean =>
  isRecord(value) && [value['start'], value['end']].every(Number.isSafeInteger) && typeof value['note'] === 'string';

const isRecordOf = (value: unknown, is: (item: unknown) => boolean): boolean => isRecord(value) && Object.values(value).every(is);
