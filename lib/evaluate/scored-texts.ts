import { inputError } from '../base/errors.js';
import type { SampleLine } from '../run/sample-line.js';
import { sampleLines } from '../run/read-samples.js';
import type { TextScores } from './metrics.js';
import { scoreLines } from './score-lines.js';

/** A text of a run with its scores. */
export interface ScoredText {
  readonly line: SampleLine;
  readonly scores: TextScores;
}

/** Reads the texts of a run that have scores, with their scores, one by one. @throws InputError if the two files do not belong together */
export async function* scoredTexts(samples: string, scores: string): AsyncGenerator<ScoredText> {
  const lines = sampleLines(samples);
  for await (const own of scoreLines(scores)) {
    const next = await lines.next();
    if (next.done === true || next.value.id !== own.id)
      throw inputError(scores, `does not belong to ${samples}; evaluate the run again, which mends it`);
    yield { line: next.value, scores: own };
  }
}
