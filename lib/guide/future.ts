import type { AnnotatedRow } from '../text/types.js';
import type { ModelInfo } from './contract.js';

/**
 * A discriminator that predicts properties of a text from its prefixes (FUDGE, Yang and Klein 2021), as questions with a few classes each.
 * The baseline `fudge` uses it for a guide with options `O`; `train-guide` saves it in MODEL/guides/NAME-future/.
 */
export interface FutureSpec<O> {
  /** As in a ClassifierSpec. */
  readonly learnsFrom: 'parses' | readonly string[];
  /** As in a ClassifierSpec. */
  classes?(rows: readonly AnnotatedRow[], model: ModelInfo): readonly string[];
  /** The number of classes of each question. */
  questions(model: ModelInfo, classes: readonly string[]): readonly number[];
  /** The answer to each question after each prefix of the row's sequence, END included: [L, questions], -1 for none. */
  answers(row: AnnotatedRow, model: ModelInfo, classes: readonly string[]): Int32Array;
  /**
   * Returns the classes of each question that serve the control after the token at a position was read; undefined if any class does.
   *
   * @throws InputError if no class stands for what the control asks
   */
  asks(options: O, position: number, model: ModelInfo, classes: readonly string[]): readonly (readonly number[] | undefined)[];
}
