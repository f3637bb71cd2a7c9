import type { Cost } from '../../model/causal/language-model.js';
import { type NgramOptions, trainNgram } from './ngram.js';

/** Measures how fluent texts are, by a language model that no guide shares. */
export interface FluencyJudge {
  /** Name of its figures in reports: `ngram`, `lm`. */
  readonly name: string;
  /** The model, for reports. */
  readonly by: string;
  /**
   * Returns -ln p of the words and END of each text.
   *
   * @throws JudgeUnavailable if it cannot work
   */
  nats(texts: readonly (readonly string[])[]): Promise<Cost[]>;
}

/**
 * Trains the n-gram model of a corpus as a judge of fluency.
 *
 * @param source name of the corpus in reports
 * @throws InputError as `trainNgram`
 */
export function ngramFluency(corpus: readonly (readonly string[])[], source: string, options: NgramOptions = {}): FluencyJudge {
  const model = trainNgram(corpus, options);
  return {
    name: 'ngram',
    by: `${model.order}-gram model of ${source}`,
    nats: async (texts) => texts.map((words) => model.nats(words)),
  };
}
