import { type Meaning, readMeaning } from '../../lib/text/meaning.js';
import { splitWords } from '../../lib/text/word-tokenizer.js';

/** The values of a row by slot, in the spelling of `sameSpelling`. */
export type SlotValues = Meaning;

/** Reads a meaning representation, with the words of its values separated. @returns the values by slot, or what is wrong with the text */
export function parseSlots(text: string): SlotValues | string {
  const meaning = readMeaning(text);
  return typeof meaning === 'string' ? meaning : new Map([...meaning].map(([slot, value]) => [slot, sameSpelling(value)]));
}

/** Returns a value with its words separated, so that `£20-25` and `£ 20 - 25` are equal. */
export const sameSpelling = (value: string): string => splitWords(value).join(' ');

/** Slots and their values, from the classes `slot[value]` of a classifier. */
export interface SlotTable {
  readonly slots: readonly string[];
  readonly valuesOf: ReadonlyMap<string, readonly string[]>;
}

/** Returns every `slot[value]` of the rows, slot by slot, both in code-unit order. */
export function classesOfSlots(rows: Iterable<SlotValues>): string[] {
  const seen = new Map<string, Set<string>>();
  for (const row of rows) for (const [slot, value] of row) seen.set(slot, (seen.get(slot) ?? new Set()).add(value));
  return [...seen].sort(byKey).flatMap(([slot, values]) => [...values].sort().map((value) => `${slot}[${value}]`));
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Reads the classes that `classesOfSlots` returns. */
export function slotTable(classes: readonly string[]): SlotTable {
  const valuesOf = new Map<string, string[]>();
  for (const name of classes) {
    const open = name.indexOf('[');
    const slot = name.slice(0, open);
    valuesOf.set(slot, [...(valuesOf.get(slot) ?? []), name.slice(open + 1, -1)]);
  }
  return { slots: [...valuesOf.keys()], valuesOf };
}

/**
 * Returns the slot that a name means: itself, or the only one that has all of its words in any spelling. So `family friendly` means
 * `familyFriendly`, and `Type` means `eatType`.
 */
export function findSlot(name: string, slots: readonly string[]): string | undefined {
  if (slots.includes(name)) return name;
  const asked = wordsOfName(name);
  const same = slots.filter((slot) => wordsOfName(slot).join(' ') === asked.join(' '));
  const holding = slots.filter((slot) => asked.every((word) => wordsOfName(slot).includes(word)));
  const [only, ...others] = same.length > 0 ? same : holding;
  return others.length === 0 && asked.length > 0 ? only : undefined;
}

const wordsOfName = (name: string): string[] =>
  name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((word) => word !== '');

/** Returns the index of a value, ignoring case and spacing; -1 if it is missing. */
export function findValue(value: string, values: readonly string[]): number {
  const asked = sameSpelling(value).toLowerCase();
  return values.findIndex((known) => known.toLowerCase() === asked);
}
