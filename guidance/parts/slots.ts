import { type Meaning, readMeaning } from '../../lib/text/meaning.js';
import { splitWords } from '../../lib/text/word-tokenizer.js';

/** The values of a row by slot, each as `sameSpelling` writes it. */
export type SlotValues = Meaning;

/** Reads a meaning representation with the words of its values apart. @returns the values by slot, or what is wrong with the text */
export function parseSlots(text: string): SlotValues | string {
  const meaning = readMeaning(text);
  return typeof meaning === 'string' ? meaning : new Map([...meaning].map(([slot, value]) => [slot, sameSpelling(value)]));
}

/** A value with its words apart, so that `£20-25` and `£ 20 - 25` are the same. */
export const sameSpelling = (value: string): string => splitWords(value).join(' ');

/** The slot's values, each slot a row; a classifier's classes are written `slot[value]`. */
export interface SlotTable {
  readonly slots: readonly string[];
  readonly valuesOf: ReadonlyMap<string, readonly string[]>;
}

/** All `slot[value]` of the rows, slot by slot, both in code-unit order. */
export function classesOfSlots(rows: Iterable<SlotValues>): string[] {
  const seen = new Map<string, Set<string>>();
  for (const row of rows) for (const [slot, value] of row) seen.set(slot, (seen.get(slot) ?? new Set()).add(value));
  return [...seen].sort(byKey).flatMap(([slot, values]) => [...values].sort().map((value) => `${slot}[${value}]`));
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** The table behind classes that `classesOfSlots` wrote. */
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
 * The slot that a name means: itself, or the only one that has all of its words, however they are written. So `family friendly` is
 * `familyFriendly`, and `Type` is `eatType`.
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

/** The place of a value among others, whatever its case and spacing; -1 where it is not there. */
export function findValue(value: string, values: readonly string[]): number {
  const asked = sameSpelling(value).toLowerCase();
  return values.findIndex((known) => known.toLowerCase() === asked);
}
