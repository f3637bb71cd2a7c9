import { openJudges } from '../judges/open-judges.js';
import { judgesFor } from '../judges/registry.js';
import { CorpusIndex } from '../metrics/novelty.js';
import { openPlugins } from '../plugins/load.js';
import { serveTasks } from '../workers/serve-tasks.js';
import { type JudgeCrew, type JudgedChunk, type JudgeJob, type JudgeTask, ownJudges } from './judge-crew.js';
import { openJudgedRun } from './judged-run.js';
import { openJudging } from './judging.js';
import { TextScorer } from './score-texts.js';

export default serveTasks<JudgeTask, JudgedChunk>(async (job) => {
  const { guides: source, judges: judgeSource, corpora, threads } = job as JudgeJob;
  const { guides, judges } = await openPlugins(source);
  const opened = { ...(await openJudges(judgeSource, threads)), ...corpora, judges };

  /** Opens the judges that are asked of a run. */
  const open = async ({ folder, by, withReferences }: JudgeTask): Promise<JudgeCrew> => {
    const run = await openJudgedRun(folder, guides);
    const { judges: all, fluency, corpus } = await openJudging(run, opened);
    const scorer = new TextScorer({
      judges: judgesFor(by.guides, all).judges,
      fluency: fluency.filter(({ name }) => by.fluency.includes(name)),
      ...(corpus && { corpus: new CorpusIndex(corpus) }),
    });
    return ownJudges(withReferences ? run : { ...run, referenceOf: () => undefined }, scorer);
  };

  let current: { readonly key: string; readonly crew: Promise<JudgeCrew> } | undefined;
  return async (task) => {
    const { lines, known, ...which } = task;
    const key = JSON.stringify(which);
    if (current?.key !== key) current = { key, crew: open(task) };
    return (await current.crew).score({ lines, known });
  };
});
