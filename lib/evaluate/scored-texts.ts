import { inputError } from '../base/errors.js';
import { jsonLines } from '../base/jsonl.js';
import type { SampleLine } from '../run/sample-line.js';
import { sampleLines } from '../run/read-samples.js';
import type { TextScores } from './metrics.js';

/** A text of a run with its scores. */
export interface ScoredText {
  readonly line: SampleLine;
  readonly scores: TextScores;
}

/** Reads the texts of a run that have scores, with their scores, one by one. @throws InputError if the two files do not belong together */
export async function* scoredTexts(samples: string, scores: string): AsyncGenerator<ScoredText> {
  const lines = sampleLines(samples);
  for await (const own of jsonLines<TextScores>(scores)) {
    const next = await lines.next();
    if (next.done === true || next.value.id !== own.id)
      throw inputError(scores, `does not belong to ${samples}; remove it and scores.json next to it, and evaluate again`);
    yield { line: next.value, scores: own };
  }
}
