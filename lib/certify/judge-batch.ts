import { inputError } from '../base/errors.js';
import { countLines } from '../base/jsonl.js';
import { packageVersion } from '../base/locate.js';
import type { CertifyConfig } from '../config/index.js';
import { judgePass, type JudgePassHooks, type RunJudges } from '../evaluate/judge-pass.js';
import { openJudgedRun } from '../evaluate/judged-run.js';
import { openJudging } from '../evaluate/judging.js';
import { TextScorer } from '../evaluate/score-texts.js';
import { openScores } from '../evaluate/scores-file.js';
import type { Registry } from '../guide/registry.js';
import { readConditions } from './conditions.js';
import type { CertifyJudging } from './plan.js';

/** Opens the candidates of a folder for the judges of the conditions, which split texts as the run's model does. */
export async function openBatch(
  folder: string,
  registry: Registry,
  { config }: { readonly config: Pick<CertifyConfig, 'accept'> },
  judging: CertifyJudging,
): Promise<RunJudges> {
  const run = { ...(await openJudgedRun(folder, registry)), referenceOf: () => undefined };
  const { judges, fluency } = await openJudging(run, judging);
  const scorer = new TextScorer(readConditions(config.accept, run.labels, { judges, fluency }).by);
  return { run, scorer, pool: judging.pool, withReferences: false };
}

/**
 * Judges the candidates of a folder and writes scores.jsonl there; those that have scores are not judged again.
 *
 * @returns the path of the scores
 * @throws InputError if a judge cannot work; Interrupted
 */
export async function judgeBatch(batch: RunJudges, hooks: JudgePassHooks): Promise<string> {
  const { run, scorer } = batch;
  const scores = await openScores(run.folder, { version: packageVersion(), ...scorer.names });
  try {
    await judgePass(batch, await countLines(run.samples), scores, hooks);
    refuseGaps(scorer, run.folder);
    await scores.finish();
  } finally {
    await scores.close();
  }
  return scores.path;
}

/** @throws InputError with what a judge lacks: a text that it has not judged cannot be accepted */
export function refuseGaps({ gaps }: TextScorer, folder: string): void {
  const [gap] = gaps;
  if (gap) throw inputError(folder, `"${gap[0]}" could not be judged: ${gap[1]}`);
}
