import { guideContract } from '../lib/testing/index.js';
import type { HostTensors } from '../lib/engine/types.js';
import type { ClassifierSpec, GuideFactory, ModelInfo } from '../lib/guide/contract.js';
import { vocabulary } from './tiny-model.js';

export interface ContractCase<O> {
  readonly factory: GuideFactory<O>;
  /** Options that work beside the factory's example. */
  readonly rows: readonly O[];
  /** Options that the schema must refuse. */
  readonly nonsense: readonly unknown[];
  /** What the guide's TableSpec would count. */
  readonly tables?: HostTensors;
  /** What its classifier would have been trained to tell apart. */
  readonly classes?: readonly string[];
  /** The classifier that it shares with another guide. */
  readonly classifier?: ClassifierSpec;
}

/** What the contract's tiny model is to guides. */
export const contractModel: ModelInfo = { maxTokens: 14, embeddingWidth: 4, vocabulary, wordLevel: true, interpolates: true };

/** What every guide owes the library, whatever it controls. */
export function describeGuideContract<O>({ factory, rows, nonsense, ...more }: ContractCase<O>): void {
  describe(`the guide ${factory.name} keeps the contract`, () => {
    const { maxTokens } = contractModel;
    const options = { examples: rows, refused: nonsense, words: vocabulary.tokens, maxTokens, ...more };
    for (const { name, run } of guideContract(factory, options)) it(name, run);
  });
}
