import type { HostTensors } from '../lib/engine/types.js';
import type { ClassifierSpec, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { guideContract } from '../lib/testing/index.js';
import { splitWords } from '../lib/text/split-words.js';
import { joinWords } from '../lib/text/join-words.js';
import { vocabulary } from './tiny-model.js';

export interface ContractCase<O> {
  readonly factory: GuideFactory<O>;
  /** Valid options, in addition to the factory's example. */
  readonly rows: readonly O[];
  /** Options that the schema must refuse. */
  readonly nonsense: readonly unknown[];
  /** The table that the guide's TableSpec would count. */
  readonly tables?: HostTensors;
  /** The classes of its trained classifier. */
  readonly classes?: readonly string[];
  /** The classifier that it shares with another guide. */
  readonly classifier?: ClassifierSpec;
}

/** The contract's tiny model, as guides see it. */
export const contractModel: ModelInfo = {
  maxTokens: 14,
  embeddingWidth: 4,
  vocabulary,
  detokenize: joinWords,
  wordLevel: true,
  split: splitWords,
  interpolates: true,
};

/** Tests the contract that every guide must keep. */
export function describeGuideContract<O>({ factory, rows, nonsense, ...more }: ContractCase<O>): void {
  describe(`the guide ${factory.name} keeps the contract`, () => {
    const { maxTokens } = contractModel;
    const options = { examples: rows, refused: nonsense, words: vocabulary.tokens, maxTokens, ...more };
    for (const { name, run } of guideContract(factory, options)) it(name, run);
  });
}
