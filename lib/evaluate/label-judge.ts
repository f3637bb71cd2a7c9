import { InputError } from '../base/errors.js';
import { type BagOfWordsJudge, fitBagOfWordsJudge } from '../judges/controls/bag-of-words-judge.js';
import type { Checkpoint } from '../model/checkpoint/checkpoint.js';
import { loadGuideConfig } from '../model/checkpoint/guide-checkpoint.js';
import { readCorpus } from '../text/corpus.js';
import { splitWords } from '../text/split-words.js';
import type { UsedGuide } from './judged-run.js';

/** Where labelled texts are. */
export interface LabelSources {
  /** File of the texts with the columns that the guide was trained on. */
  readonly labels?: string;
  /** Taken in its place where it has these columns. */
  readonly corpus?: string;
}

/**
 * A classifier of the labels that the guide `classify` of a run was trained on, which shares the texts with it and nothing else.
 * Undefined where the run has no such guide, or its texts are not known.
 * Errors: an InputError where the file of `labels` cannot be used.
 */
export async function labelClassifierOf(
  guides: readonly UsedGuide[],
  { folder, hash }: Checkpoint,
  { labels, corpus }: LabelSources,
): Promise<BagOfWordsJudge | undefined> {
  const guide = guides.find(({ name }) => name === 'classify');
  const file = labels ?? corpus;
  if (guide === undefined || file === undefined) return undefined;
  const { learnedFrom } = await loadGuideConfig(folder, hash, 'classify', guide.via);
  const column = learnedFrom?.column ?? 'text';
  const label = learnedFrom?.fields['label'] ?? 'label';
  try {
    const { rows } = await readCorpus(file, { column, field: column, fields: { label } });
    const texts = rows.map(({ text, fields }) => ({ words: splitWords(text), label: fields!['label']!.trim() }));
    return fitBagOfWordsJudge(texts);
  } catch (error) {
    if (labels === undefined && error instanceof InputError) return undefined; // a corpus of other columns was given for fluency
    throw error;
  }
}
