import { judgedOptions } from '../evaluate/judged-run.js';
import { TextScorer } from '../evaluate/score-texts.js';
import type { SlotJudge } from '../judges/controls/slot-judge.js';
import type { Judge } from '../judges/judge.js';
import type { Parser } from '../judges/parsers/parser.js';
import { judgesFor, standardJudges } from '../judges/registry.js';
import type { PreparedRun } from '../plan/prepare.js';
import type { SampleLine } from '../run/sample-line.js';
import { splitWords } from '../text/split-words.js';
import type { JudgedClause } from './api.js';
import type { RequestJudges } from './engine.js';

/** The models that judge finished texts and analyse given ones. */
export interface JudgeSource {
  /** For trees and spans. */
  readonly parser?: Parser;
  /** For attributes. */
  readonly classifier?: SlotJudge;
  /** Judges of your own guides. */
  readonly judges?: readonly Judge[];
  stop?(): Promise<void>;
}

/** Returns what judges finished texts. A judge whose model is missing is left out. */
export const textJudges = (source: JudgeSource): RequestJudges => ({
  judge: (run, lines) => judgeTexts(source, run, lines),
  ...(source.stop && { stop: () => source.stop!() }),
});

async function judgeTexts(
  source: JudgeSource,
  { plan, checkpoint }: PreparedRun,
  lines: readonly SampleLine[],
): Promise<Record<string, JudgedClause>[]> {
  const { tokenizer } = checkpoint;
  const split = tokenizer.level === 'word' ? (text: string) => tokenizer.tokenize(text) : splitWords;
  const { parser, classifier, judges: own = [] } = source;
  const parts = { split, ...(parser && { parser }), ...(classifier && { classifier }) };
  const labels = plan.clauses.map(({ label }) => label);
  const { judges } = judgesFor(labels, [...standardJudges(parts), ...own]);
  const texts = lines.map(({ id, sample, tokens, target }) => ({
    id,
    sample,
    words: tokens,
    options: judgedOptions(plan.clauses, Number(id.split('-')[0])),
    target: JSON.stringify(target),
  }));
  const scores = await new TextScorer({ judges, fluency: [] }).score(texts);
  return scores.map(({ guides }) => {
    const verdicts = Object.entries(guides).map(([label, { value, detail, marks = [] }]) => {
      const verdict = { value, marks, ...(detail !== undefined && { detail }) };
      return [label, verdict] as const;
    });
    return Object.fromEntries(verdicts);
  });
}
