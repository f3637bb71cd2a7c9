import { readFile } from 'node:fs/promises';
import { inputError, messageOf } from '../base/errors.js';
import type { Registry } from '../guide/registry.js';
import type { SlotJudge } from '../judges/controls/slot-judge.js';
import { type FluencyJudge } from '../judges/fluency/fluency.js';
import { type Judge } from '../judges/judge.js';
import { noParser, type Parser } from '../judges/parsers/parser.js';
import { standardJudges } from '../judges/registry.js';
import type { SampleLine } from '../run/sample-line.js';
import { readCorpus } from '../text/corpus.js';
import { type JudgedRun, openJudgedRun } from './judged-run.js';
import { labelClassifierOf } from './label-judge.js';
import { type JudgedLine, judgeRun, type RunReport } from './judge.js';

export interface JudgeOptions {
  /** Training corpus, for fluency and copies. */
  readonly corpus?: string;
  readonly column?: string;
  /** Held-out corpus, whose fluency is printed beside. */
  readonly heldOut?: string;
  /** For the judges of trees and spans. */
  readonly parser?: Parser;
  /** Its trees give the Universal tags that `pos` judges, by default those of wink-nlp; it may be the parser of the trees. */
  readonly tagger?: Parser;
  /** For the judge of attributes. */
  readonly classifier?: SlotJudge;
  /** Language models beside the n-gram model of the corpus. */
  readonly fluency?: readonly FluencyJudge[];
  /** Labelled texts, for the judge of `classify`; by default the corpus, where it has the columns that the guide learned from. */
  readonly labels?: string;
  /** Beside those that come with the library: of guides of the user's own. */
  readonly judges?: readonly Judge[];
}

/**
 * Judges the texts of a run folder by means that no guide shares.
 * Errors: an InputError where the folder holds no run, or a line of it is broken.
 */
export async function judgeFolder(folder: string, registry: Registry, options: JudgeOptions = {}): Promise<RunReport> {
  const run = await openJudgedRun(folder, registry);
  const lines = await readSamples(run.samples);
  const words = async (path: string) =>
    (await readCorpus(path, options.column === undefined ? {} : { column: options.column })).rows.map(({ text }) =>
      run.split(text),
    );
  return judgeRun(lines as readonly JudgedLine[], {
    options: await run.optionsOf(lines),
    references: lines.map(({ target }) => run.referenceOf(target)),
    judges: (await judgesOf(run, options)).all,
    ...(options.corpus === undefined ? {} : { corpus: await words(options.corpus) }),
    fluency: options.fluency ?? [],
    ...(options.heldOut === undefined ? {} : { heldOut: await words(options.heldOut) }),
  });
}

export interface RunJudges {
  /** Every judge that the run may need. */
  readonly all: readonly Judge[];
  /** The same without parsers that are slow to start; judges that need one say so. */
  readonly quick: readonly Judge[];
}

const SLOW = 'its parser takes too long to start';

export async function judgesOf({ split, guides, checkpoint }: JudgedRun, options: JudgeOptions): Promise<RunJudges> {
  const { parser, tagger, classifier, judges = [] } = options;
  const labels = await labelClassifierOf(guides, checkpoint, options);
  const judgesBy = (change: (parser: Parser) => Parser): readonly Judge[] => [
    ...standardJudges({
      split,
      ...(parser && { parser: change(parser) }),
      ...(tagger && { tagger: change(tagger) }),
      ...(classifier && { classifier }),
      ...(labels && { labels }),
    }),
    ...judges,
  ];
  return { all: judgesBy((own) => own), quick: judgesBy((own) => (own.slow ? noParser(SLOW) : own)) };
}

/** The lines of a samples file; a last line that was cut short is left out. */
export async function readSamples(path: string): Promise<SampleLine[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw inputError(path, `cannot be read: ${messageOf(error)}`);
  });
  const whole = text.split('\n').slice(0, -1);
  return whole.map((line, i) => {
    try {
      return JSON.parse(line) as SampleLine;
    } catch {
      throw inputError(`${path}:${i + 1}`, 'is not JSON; remove the line, or make the run again');
    }
  });
}
