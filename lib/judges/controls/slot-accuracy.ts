import type { Meaning } from '../../text/meaning.js';
import type { SlotJudge } from './slot-judge.js';

/** Agreement of a slot judge with the meanings that texts were written for. Writers leave things out, so 1 is out of reach. */
export interface SlotAccuracy {
  /** Share of the texts with the right value, or rightly none. */
  readonly accuracy: number;
  /** 2 right / (stated + meant), values of all texts summed. */
  readonly f1: number;
}

/** A text with the meaning that it was written for. */
export interface MeantText {
  readonly words: readonly string[];
  readonly meaning: Meaning;
}

/** Measures a slot judge on texts with meanings; one result per slot. */
export async function measureSlotJudge(judge: SlotJudge, rows: readonly MeantText[]): Promise<Record<string, SlotAccuracy>> {
  const stated = await judge.classify(rows.map(({ words }) => words));
  return Object.fromEntries(
    judge.slots.map(({ slot }) => {
      const pairs = rows.map(({ meaning }, i) => ({ meant: meaning.get(slot), said: stated[i]!.get(slot) }));
      const count = (of: (pair: (typeof pairs)[number]) => boolean): number => pairs.filter(of).length;
      const right = count(({ meant, said }) => meant !== undefined && meant === said);
      const both = count(({ meant }) => meant !== undefined) + count(({ said }) => said !== undefined);
      const accuracy = count(({ meant, said }) => meant === said) / rows.length;
      return [slot, { accuracy, f1: both === 0 ? 1 : (2 * right) / both }];
    }),
  );
}
