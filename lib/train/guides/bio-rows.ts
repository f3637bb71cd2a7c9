import { type Problem, throwProblems } from '../../base/errors.js';
import type { TrainGuideConfig } from '../../config/index.js';
import type { Row } from '../../text/types.js';

type BioColumn = NonNullable<NonNullable<TrainGuideConfig['corpus']>['bio']>;

/** The value of a slot that is filled with rare words. */
const OTHER = 'other';

/** Turns a column of BIO tags into meanings such as `city[new york], timeRange[today]`. */
export class BioMeanings {
  readonly #options: BioColumn;
  #known: ReadonlySet<string> | undefined;

  constructor(options: BioColumn) {
    this.#options = options;
  }

  /**
   * Returns the meanings of rows whose field `mr` holds tags. The first rows decide which values are common; the others are `other`.
   *
   * @throws InputError with the line of each row whose tags cannot be read
   */
  meaningsOf(path: string, rows: readonly Row[]): string[] {
    const problems: Problem[] = [];
    const slots = rows.map(({ line, text, fields }): readonly FilledSlot[] => {
      const filled = readBio(text, fields!['mr']!);
      if (typeof filled !== 'string') return filled;
      problems.push({ path: `line ${line}`, message: `${filled} (column "${this.#options.column}")` });
      return [];
    });
    throwProblems(path, problems);
    const known = (this.#known ??= commonValues(slots, this.#options.minCount));
    const meaning = ([slot, value]: FilledSlot): string => `${slot}[${known.has(keyOf(slot, value)) ? value : OTHER}]`;
    return slots.map((filled) => filled.map(meaning).join(', '));
  }
}

const keyOf = (slot: string, value: string): string => `${slot}\n${value}`;

/** Returns the values that enough rows have; one with a bracket cannot be written as slot[value]. */
function commonValues(slots: readonly (readonly FilledSlot[])[], minCount: number): Set<string> {
  const counts = new Map<string, number>();
  for (const filled of slots)
    for (const key of new Set(filled.map(([slot, value]) => keyOf(slot, value)))) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Set([...counts].filter(([key, count]) => count >= minCount && !/[[\]]/.test(key)).map(([key]) => key));
}

/** A slot and the words that fill it. */
type FilledSlot = readonly [slot: string, value: string];

/**
 * Reads BIO tags, one per word of a text, words being separated by spaces: `B-slot` begins a value, `I-slot` continues it, `O` is outside
 * (Ramshaw and Marcus 1995).
 *
 * @returns the filled slots in the order of the text, or what is wrong with the tags
 */
function readBio(text: string, tags: string): readonly FilledSlot[] | string {
  const words = text.trim().split(/\s+/u);
  const marks = tags.trim() === '' ? words.map(() => 'O') : tags.trim().split(/\s+/u);
  if (marks.length !== words.length) return `expected a BIO tag for each of ${words.length} words, got ${marks.length} tags`;
  const filled: { slot: string; words: string[] }[] = [];
  for (const [i, mark] of marks.entries()) {
    const [kind, slot] = [mark.slice(0, 2), mark.slice(2)];
    const isInside = kind === 'I-' && marks[i - 1]?.slice(2) === slot;
    if (isInside) filled.at(-1)!.words.push(words[i]!);
    else if (kind === 'B-' && slot !== '') filled.push({ slot, words: [words[i]!] });
    else if (mark !== 'O')
      return `expected O, B-slot, or I-slot after a tag of the same slot, got ${JSON.stringify(mark)} for the word ${JSON.stringify(words[i])}`;
  }
  return filled.map(({ slot, words: own }) => [slot, own.join(' ')]);
}
