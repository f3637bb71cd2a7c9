import type { Meaning } from '../../text/meaning.js';
import type { SlotClassifier } from './slot-judge.js';

/** How well a classifier finds what texts were written for. Writers leave things out, so that 1 is out of reach. */
export interface SlotScores {
  /** Share of the texts whose value, or silence, is right. */
  readonly accuracy: number;
  /** 2 right / (stated + meant), values of all texts together. */
  readonly f1: number;
}

export interface MeantText {
  readonly words: readonly string[];
  readonly meaning: Meaning;
}

/** By slot. */
export async function measureClassifier(
  classifier: SlotClassifier,
  rows: readonly MeantText[],
): Promise<Record<string, SlotScores>> {
  const stated = await classifier.classify(rows.map(({ words }) => words));
  return Object.fromEntries(
    classifier.slots.map(({ slot }) => {
      const pairs = rows.map(({ meaning }, i) => ({ meant: meaning.get(slot), said: stated[i]!.get(slot) }));
      const count = (of: (pair: (typeof pairs)[number]) => boolean): number => pairs.filter(of).length;
      const right = count(({ meant, said }) => meant !== undefined && meant === said);
      const both = count(({ meant }) => meant !== undefined) + count(({ said }) => said !== undefined);
      const accuracy = count(({ meant, said }) => meant === said) / rows.length;
      return [slot, { accuracy, f1: both === 0 ? 1 : (2 * right) / both }];
    }),
  );
}
