import type { RegistrySource } from '../guide/registry.js';
import type { JudgeSetup } from '../judges/open-judges.js';
import type { SampleLine } from '../run/sample-line.js';
import { openPool, type Pool, type PoolOptions } from '../workers/index.js';
import type { JudgedRun } from './judged-run.js';
import type { JudgeOptions } from './judging.js';
import type { TextScores } from './metrics.js';
import { judgedText, type TextScorer } from './score-texts.js';

/** Texts that are judged together: lines of samples.jsonl, each with its scores from an earlier evaluation, if it has any. */
export interface Chunk {
  readonly lines: readonly SampleLine[];
  readonly known: readonly (TextScores | undefined)[];
}

/** Those who judge the texts of a run: this process, or worker processes. */
export interface JudgeCrew {
  /** Chunks that may be judged at the same time. */
  readonly lanes: number;
  score(chunk: Chunk): Promise<JudgedChunk>;
}

export interface JudgedChunk {
  readonly scores: readonly TextScores[];
  /** Why judges were unavailable for texts of the chunk, by label or name. */
  readonly gaps: Readonly<Record<string, string>>;
}

/** What worker processes need to open the judges of any run. */
export interface JudgeJob {
  readonly guides: RegistrySource;
  readonly judges: JudgeSetup;
  readonly corpora: Pick<JudgeOptions, 'corpus' | 'column' | 'labels'>;
  /** CPU threads of each network. */
  readonly threads: number;
}

/** A chunk of a run, with the judges that are asked. */
export interface JudgeTask extends Chunk {
  readonly folder: string;
  /** Labels of guides, and names of language models. */
  readonly by: { readonly guides: readonly string[]; readonly fluency: readonly string[] };
  /** Whether references are judged too. */
  readonly withReferences: boolean;
}

/** Worker processes that judge the texts of runs; they start with the first text. */
export interface JudgePool {
  readonly workers: number;
  /** Fewest chunks of a run that is shared. */
  readonly fewest: number;
  /** @throws as `Pool.run` */
  score(task: JudgeTask): Promise<JudgedChunk>;
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Opens worker processes with judges of their own. @param options with the fewest chunks of a run that is shared; default 2 */
export function openJudgePool(
  job: JudgeJob,
  { fewest = 2, ...options }: Pick<PoolOptions, 'workers' | 'signal'> & { readonly fewest?: number },
): JudgePool {
  const module = new URL('./judge-worker.js', import.meta.url).href;
  let pool: Pool<JudgeTask, JudgedChunk> | undefined;
  return {
    workers: options.workers,
    fewest,
    score(task) {
      pool ??= openPool({ ...options, module, job });
      return pool.run(task, `the texts from ${task.lines[0]?.id} to ${task.lines.at(-1)?.id} of ${task.folder}`);
    },
    close: async () => pool?.close(),
  };
}

/** A crew of this process alone. */
export const ownJudges = (run: JudgedRun, scorer: TextScorer): JudgeCrew => ({
  lanes: 1,
  async score({ lines, known }) {
    const options = await run.optionsOf(lines);
    const scores = await scorer.score(lines.map((line, i) => ({ ...judgedText(line, options[i]!, run), known: known[i] })));
    return { scores, gaps: Object.fromEntries(scorer.gaps) };
  },
});

/** A crew of the processes of a pool. @param withReferences whether references are judged too */
export function sharedJudges(pool: JudgePool, run: JudgedRun, { names }: TextScorer, withReferences: boolean): JudgeCrew {
  const by = { guides: Object.keys(names.guides), fluency: Object.keys(names.fluency) };
  return {
    lanes: 2 * pool.workers, // one waits for each that is judged, since chunks are written in order
    score: (chunk) => pool.score({ ...chunk, folder: run.folder, by, withReferences }),
  };
}
