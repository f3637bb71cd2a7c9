import { inputError } from '../base/errors.js';
import { jsonLines } from '../base/jsonl.js';
import type { SampleLine } from '../run/sample-line.js';
import { sampleLines } from './judge-pass.js';
import type { TextScores } from './metrics.js';

/** A text of a run and what judges say of it. */
export interface ScoredText {
  readonly line: SampleLine;
  readonly scores: TextScores;
}

/** The texts of a run that have scores, with these, as they are read. Errors: an InputError where the two files do not belong together. */
export async function* scoredTexts(samples: string, scores: string): AsyncGenerator<ScoredText> {
  const lines = sampleLines(samples);
  for await (const own of jsonLines<TextScores>(scores)) {
    const next = await lines.next();
    if (next.done === true || next.value.id !== own.id)
      throw inputError(scores, `is not of ${samples}; remove it and scores.json beside it, and the texts are judged anew`);
    yield { line: next.value, scores: own };
  }
}
