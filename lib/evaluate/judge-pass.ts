import { Interrupted } from '../base/errors.js';
import { inChunks } from '../base/jsonl.js';
import { mapInOrder } from '../base/map-in-order.js';
import { sampleLines } from '../run/read-samples.js';
import { type Chunk, type JudgeCrew, type JudgedChunk, type JudgePool, ownJudges, sharedJudges } from './judge-crew.js';
import type { JudgedRun } from './judged-run.js';
import type { TextScores } from './metrics.js';
import { scoreLines } from './score-lines.js';
import type { TextScorer } from './score-texts.js';
import type { ScoresFile } from './scores-file.js';

/** Texts that are judged and written together. */
export const CHUNK = 256;

export interface JudgePassHooks {
  /** Stops between two chunks; the scores so far stay. */
  readonly signal?: AbortSignal;
  /** @param done texts with scores, those of an earlier evaluation included */
  readonly onProgress?: (done: number) => void;
}

/** Who judges a run: a scorer in this process, or processes of a pool, which have the same judges. */
export interface RunJudges {
  readonly run: JudgedRun;
  readonly scorer: TextScorer;
  readonly pool?: JudgePool | undefined;
  /** Whether references are judged too. */
  readonly withReferences: boolean;
}

/** Returns those who judge a number of texts: a few are judged by this process. */
export const crewFor = ({ run, scorer, pool, withReferences }: RunJudges, texts: number): JudgeCrew =>
  pool && texts > (pool.fewest - 1) * CHUNK ? sharedJudges(pool, run, scorer, withReferences) : ownJudges(run, scorer);

/**
 * Judges the texts of a run that have no scores yet, and writes the scores in the order of the texts. The scorer notes the judges that were
 * unavailable.
 *
 * @param texts number of texts of the run
 * @throws InputError with the line of samples.jsonl that is not a text, after the texts before it are judged
 * @throws Interrupted
 */
export async function judgePass(
  judges: RunJudges,
  texts: number,
  scores: ScoresFile,
  { signal, onProgress }: JudgePassHooks,
): Promise<void> {
  const crew = crewFor(judges, texts - scores.done);
  let { done } = scores;
  const stopped = () => new Interrupted(`stopped after ${done} texts; the same command resumes from there`);
  const judge = async (chunk: Chunk) => {
    if (signal?.aborted) throw stopped();
    return { chunk, judged: await crew.score(chunk) };
  };
  try {
    for await (const { chunk, judged } of mapInOrder(unjudged(judges.run, scores), crew.lanes, judge)) {
      await scores.append(withGaps(judged, chunk, judges.scorer.gaps));
      done += chunk.lines.length;
      onProgress?.(done);
    }
  } catch (error) {
    throw error instanceof Interrupted ? stopped() : error;
  }
}

/** Reads the texts that have no scores yet, chunk by chunk. */
async function* unjudged(run: JudgedRun, scores: ScoresFile): AsyncGenerator<Chunk> {
  let read = 0;
  const earlier = scores.earlier && scoreLines(scores.earlier.path);
  for await (const chunk of inChunks(sampleLines(run.samples), CHUNK)) {
    const before = earlier ? await take(earlier, chunk.length) : [];
    const skipped = Math.min(chunk.length, Math.max(0, scores.done - read));
    read += chunk.length;
    if (skipped === chunk.length) continue;
    const known = chunk.map((line, i) => {
      const own = before[i];
      return own?.id === line.id ? scores.earlier!.stillTrue(own) : undefined;
    });
    yield { lines: chunk.slice(skipped), known: known.slice(skipped) };
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

/**
 * Returns the scores of a chunk without those of judges that were unavailable for a chunk before it, as one process would have judged it.
 *
 * @param gaps gaps of the chunks before; those of this one are added
 */
export function withGaps({ scores, gaps: own }: JudgedChunk, { known }: Chunk, gaps: Map<string, string>): readonly TextScores[] {
  const lost = [...gaps.keys()].filter((name) => own[name] === undefined);
  for (const [name, why] of Object.entries(own)) if (!gaps.has(name)) gaps.set(name, why);
  if (lost.length === 0) return scores;
  return scores.map(({ id, sample, guides, fluency, referenceFluency = {}, ...rest }, i) => {
    const ofReference = without(referenceFluency, known[i]?.referenceFluency, lost);
    return {
      ...{ id, sample },
      guides: without(guides, known[i]?.guides, lost),
      fluency: without(fluency, known[i]?.fluency, lost),
      ...(Object.keys(ofReference).length > 0 && { referenceFluency: ofReference }),
      ...rest,
    };
  });
}

/** Drops the scores under some names, unless they were known before. */
const without = <T>(
  scores: Readonly<Record<string, T>>,
  known: object | undefined,
  names: readonly string[],
): Record<string, T> =>
  Object.fromEntries(Object.entries(scores).filter(([name]) => !names.includes(name) || (known && name in known)));
