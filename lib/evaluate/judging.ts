import { basename } from 'node:path';
import { InputError, inputError } from '../base/errors.js';
import { type BagOfWordsJudge, fitBagOfWordsJudge } from '../judges/controls/bag-of-words-judge.js';
import type { SlotJudge } from '../judges/controls/slot-judge.js';
import { type FluencyJudge, ngramFluency } from '../judges/fluency/fluency.js';
import type { Judge } from '../judges/judge.js';
import { noParser, type Parser } from '../judges/parsers/parser.js';
import { standardJudges } from '../judges/registry.js';
import { loadGuideConfig } from '../model/checkpoint/guide-checkpoint.js';
import { readCorpus } from '../text/corpus.js';
import type { JudgedRun } from './judged-run.js';

type Words = readonly string[];

/** Judges and corpora for the texts of a run folder. */
export interface JudgeOptions {
  /** File of the training corpus, for fluency under its n-grams and for novelty. */
  readonly corpus?: string;
  /** Column of a CSV corpus that holds the text. */
  readonly column?: string;
  /** File of a held-out corpus, whose fluency is reported next to that of the texts. */
  readonly heldOut?: string;
  /** For the judges of trees and spans. */
  readonly parser?: Parser;
  /** Its trees give the Universal tags that `pos` judges; default: the tags of wink-nlp. May be the same object as `parser`. */
  readonly tagger?: Parser;
  /** For the judge of attributes. */
  readonly classifier?: SlotJudge;
  /** Language models in addition to the n-gram model of the corpus. */
  readonly fluency?: readonly FluencyJudge[];
  /** Labelled texts for the judge of `classify`; default: the corpus, if it has the columns that the guide learned from. */
  readonly labels?: string;
  /** Judges of your own guides, in addition to those of the library. */
  readonly judges?: readonly Judge[];
}

/** The judges of a run and the corpora that its texts are compared with. */
export interface Judging {
  /** Every judge that the run may need. */
  readonly judges: readonly Judge[];
  /** The same judges without parsers that are slow to start; a judge that needs one reports that it is missing. */
  readonly quick: readonly Judge[];
  readonly fluency: readonly FluencyJudge[];
  /** Rows of the training corpus. */
  readonly corpus?: readonly Words[];
  /** Rows of the held-out corpus; empty without one. */
  readonly heldOut: readonly Words[];
}

const SLOW = 'its parser takes too long to start';

/**
 * Makes the judges that the guides of a run need, and reads the corpora.
 *
 * @throws InputError if a corpus cannot be read or holds no text, or the labelled texts cannot be used
 */
export async function openJudging(run: JudgedRun, options: JudgeOptions): Promise<Judging> {
  const { parser, tagger, classifier, judges = [], corpus: path, column, heldOut, fluency = [] } = options;
  const labels = await labelClassifierOf(run, options);
  const judgesWith = (change: (parser: Parser) => Parser): readonly Judge[] => [
    ...standardJudges({
      split: run.split,
      join: run.join,
      ...(parser && { parser: change(parser) }),
      ...(tagger && { tagger: change(tagger) }),
      ...(classifier && { classifier }),
      ...(labels && { labels }),
    }),
    ...judges,
  ];
  const corpus = path === undefined ? undefined : await wordsOf(run, path, column);
  return {
    judges: judgesWith((own) => own),
    quick: judgesWith((own) => (own.slow ? noParser(SLOW) : own)),
    fluency: [...(corpus ? [ngramFluency(corpus, basename(path!))] : []), ...fluency],
    ...(corpus && { corpus }),
    heldOut: heldOut === undefined ? [] : await wordsOf(run, heldOut, column),
  };
}

async function wordsOf({ split }: JudgedRun, path: string, column: string | undefined): Promise<Words[]> {
  const { rows } = await readCorpus(path, column === undefined ? {} : { column });
  if (rows.length === 0) throw inputError(path, 'holds no text; expected a corpus with at least one row');
  return rows.map(({ text }) => split(text));
}

/**
 * Fits a classifier to the labels that the guide `classify` of a run was trained on; it shares the texts with the guide and nothing else.
 * Returns undefined if the run has no such guide, or no file has its labels.
 *
 * @throws InputError if the file of `labels` cannot be used
 */
export async function labelClassifierOf(
  { guides, checkpoint, split }: Pick<JudgedRun, 'guides' | 'checkpoint' | 'split'>,
  { labels, corpus }: Pick<JudgeOptions, 'labels' | 'corpus'>,
): Promise<BagOfWordsJudge | undefined> {
  const guide = guides.find(({ name }) => name === 'classify');
  const file = labels ?? corpus;
  if (guide === undefined || file === undefined) return undefined;
  const { learnedFrom } = await loadGuideConfig(checkpoint.folder, checkpoint.hash, 'classify', guide.via);
  const column = learnedFrom?.column ?? 'text';
  const label = learnedFrom?.fields['label'] ?? 'label';
  try {
    const { rows } = await readCorpus(file, { column, field: column, fields: { label }, where: learnedFrom?.where ?? {} });
    return fitBagOfWordsJudge(rows.map(({ text, fields }) => ({ words: split(text), label: fields!['label']!.trim() })));
  } catch (error) {
    if (labels === undefined && error instanceof InputError) return undefined; // a corpus without labels, given for fluency
    throw error;
  }
}
