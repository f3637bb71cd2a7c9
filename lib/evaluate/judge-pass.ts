import { Interrupted } from '../base/errors.js';
import { inChunks } from '../base/jsonl.js';
import { sampleLines } from '../run/read-samples.js';
import type { JudgedRun } from './judged-run.js';
import { scoreLines } from './score-lines.js';
import { judgedText, type TextScorer } from './score-texts.js';
import type { ScoresFile } from './scores-file.js';

/** Texts that are judged and written together. */
const CHUNK = 256;

export interface JudgePassHooks {
  /** Stops between two chunks; the scores so far stay. */
  readonly signal?: AbortSignal;
  /** @param done texts with scores, those of an earlier evaluation included */
  readonly onProgress?: (done: number) => void;
}

/**
 * Judges the texts of a run that have no scores yet, chunk by chunk.
 *
 * @throws InputError with the line of samples.jsonl that is not a text, after the texts before it are judged
 * @throws Interrupted
 */
export async function judgePass(
  run: JudgedRun,
  scorer: TextScorer,
  scores: ScoresFile,
  { signal, onProgress }: JudgePassHooks,
): Promise<void> {
  let done = 0;
  const earlier = scores.earlier && scoreLines(scores.earlier.path);
  for await (const chunk of inChunks(sampleLines(run.samples), CHUNK)) {
    const known = earlier ? await take(earlier, chunk.length) : [];
    const fresh = chunk.slice(Math.max(0, scores.done - done));
    const skipped = chunk.length - fresh.length;
    done += chunk.length;
    if (fresh.length === 0) continue;
    if (signal?.aborted) throw new Interrupted(`stopped after ${done - chunk.length} texts; the same command resumes from there`);
    const options = await run.optionsOf(fresh);
    const texts = fresh.map((line, i) => {
      const before = known[skipped + i];
      return {
        ...judgedText(line, options[i]!, run),
        ...(before?.id === line.id && { known: scores.earlier!.stillTrue(before) }),
      };
    });
    await scores.append(await scorer.score(texts));
    onProgress?.(done);
  }
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
