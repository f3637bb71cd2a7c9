import type { Cost } from '../../model/causal/language-model.js';
import { trainNgram, type NgramOptions } from './ngram.js';

/** Says how fluent texts are, by a language model that no guide shares. */
export interface FluencyJudge {
  /** Under which its figures stand: `ngram`, `lm`. */
  readonly name: string;
  /** The model, for a report. */
  readonly by: string;
  /** -ln p of each text's words and END. @throws JudgeUnavailable where it cannot work */
  nats(texts: readonly (readonly string[])[]): Promise<Cost[]>;
}

/** The n-gram model of a corpus. @param source names the corpus in a report @throws InputError as trainNgram */
export function ngramFluency(corpus: readonly (readonly string[])[], source: string, options: NgramOptions = {}): FluencyJudge {
  const model = trainNgram(corpus, options);
  return {
    name: 'ngram',
    by: `${model.order}-gram model of ${source}`,
    nats: async (texts) => texts.map((words) => model.nats(words)),
  };
}
