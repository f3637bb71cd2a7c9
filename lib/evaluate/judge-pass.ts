import { Interrupted } from '../base/errors.js';
import { isRecord } from '../base/is-record.js';
import { inChunks, jsonLines } from '../base/jsonl.js';
import { isWords } from '../judges/controls/target-options.js';
import type { SampleLine } from '../run/sample-line.js';
import type { JudgedRun } from './judged-run.js';
import type { TextScores } from './metrics.js';
import type { JudgedText, TextScorer } from './score-texts.js';
import type { ScoresFile } from './scores-file.js';

/** Texts judged and written together. */
const CHUNK = 256;

export interface JudgePassHooks {
  /** Stops between two chunks; what is judged stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number) => void;
}

/**
 * Judges the texts of a run that have no scores yet, chunk by chunk.
 * Errors: an InputError with the line of samples.jsonl that is no text, after what stands before it is judged; Interrupted.
 */
export async function judgePass(
  run: JudgedRun,
  scorer: TextScorer,
  scores: ScoresFile,
  { signal, onProgress }: JudgePassHooks,
): Promise<void> {
  let done = 0;
  const earlier = scores.earlier && jsonLines<TextScores>(scores.earlier.path);
  for await (const chunk of inChunks(sampleLines(run.samples), CHUNK)) {
    const known = earlier ? await take(earlier, chunk.length) : [];
    const fresh = chunk.slice(Math.max(0, scores.done - done));
    const skipped = chunk.length - fresh.length;
    done += chunk.length;
    if (fresh.length === 0) continue;
    if (signal?.aborted) throw new Interrupted(`stopped after ${done - chunk.length} texts; the same command goes on from there`);
    const options = await run.optionsOf(fresh);
    const texts = fresh.map((line, i): JudgedText => {
      const before = known[skipped + i];
      return {
        id: line.id,
        sample: line.sample,
        words: line.tokens,
        options: options[i]!,
        target: JSON.stringify(line.target),
        reference: run.referenceOf(line.target),
        ...(before !== undefined && before.id === line.id && { known: scores.earlier!.stillTrue(before) }),
      };
    });
    await scores.append(await scorer.score(texts));
    onProgress?.(done);
  }
}

/** The texts of a run as they are read. Errors: an InputError with the line that is none. */
export const sampleLines = (path: string): AsyncGenerator<SampleLine> => jsonLines<SampleLine>(path, wrongSample);

function wrongSample(value: unknown): string | undefined {
  if (!isRecord(value)) return 'expected an object, a text of a run';
  const { id, tokens, sample, target } = value;
  if (typeof id !== 'string' || !isWords(tokens) || typeof sample !== 'number' || !isRecord(target))
    return 'expected a text of a run with id, target, sample and tokens; remove the line, or make the run again';
  return undefined;
}

async function take<T>(items: AsyncGenerator<T>, n: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < n) {
    const next = await items.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
