import { inputError } from '../../lib/base/errors.js';
import type { HostTensor, HostTensors } from '../../lib/engine/types.js';
import type { ModelInfo } from '../../lib/guide/contract.js';
import { tagsOf, uposOf } from '../../lib/text/parses.js';
import { PENN_TAGS, UNIVERSAL_TAGS } from '../../lib/text/tag-sets.js';
import type { AnnotatedRow } from '../../lib/text/types.js';

export type TagSetName = 'universal' | 'penn';

export const TAG_SETS: Readonly<Record<TagSetName, readonly string[]>> = { universal: UNIVERSAL_TAGS, penn: PENN_TAGS };

/** Any word. */
export const ANY = '*';
/** Occurrences added to every tag of a word, so that one never seen is unlikely, not impossible. */
const SMOOTHING = 0.01;

/** The tags that are allowed for one word. */
export interface TagChoice {
  readonly set: TagSetName;
  /** Indices into the set. */
  readonly tags: readonly number[];
}

/**
 * Reads a tag, several of one set such as `NOUN|PROPN`, or `*`. `SYM`, which is in both sets, belongs to the set of the tags next to it.
 *
 * @returns undefined for any word; a message if it cannot be read
 */
export function readTag(text: string, sets: readonly TagSetName[] = ['universal', 'penn']): TagChoice | undefined | string {
  if (text === ANY) return undefined;
  const names = text.split('|');
  for (const set of sets) {
    const tags = names.map((name) => TAG_SETS[set].indexOf(name));
    if (tags.every((tag) => tag >= 0)) return { set, tags };
  }
  const unknown = names.filter((name) => !sets.some((set) => TAG_SETS[set].includes(name)));
  if (unknown.length === 0) return `expected tags of one set, got "${text}"`;
  const known = sets.map((set) => `the ${set === 'penn' ? 'Penn' : 'Universal'} tags ${TAG_SETS[set].join(' ')}`).join(', or ');
  return `expected one of ${known}; several of one set joined by |; or ${ANY}; got "${text}"`;
}

/** Counts how often each word had each tag of both sets in the parses, [V, tags]. */
export function countTags(
  rows: readonly AnnotatedRow[],
  { vocabulary }: ModelInfo,
): { tagCounts: HostTensor; pennCounts: HostTensor } {
  const idOf = (word: string) => vocabulary.id(word) ?? vocabulary.unk;
  return {
    tagCounts: counts(rows, uposOf, UNIVERSAL_TAGS, vocabulary.size, idOf),
    pennCounts: counts(rows, tagsOf, PENN_TAGS, vocabulary.size, idOf),
  };
}

function counts(
  rows: readonly AnnotatedRow[],
  tagsOfRow: (row: AnnotatedRow) => readonly string[],
  set: readonly string[],
  size: number,
  idOf: (word: string) => number,
): HostTensor {
  const data = new Float32Array(size * set.length); // [V, tags]
  for (const row of rows) {
    const tags = tagsOfRow(row);
    row.words.forEach((word, i) => {
      const tag = set.indexOf(tags[i]!);
      if (tag >= 0) data[idOf(word) * set.length + tag]! += 1;
    });
  }
  return { dtype: 'float32', shape: [size, set.length], data };
}

/** log p(one of the tags | word) of each word of a vocabulary, [V] in nats; the same choice has the same array. */
export type TagLogProbs = (choice: TagChoice) => Float32Array;

/** @throws InputError if the tables lack a set of tags */
export function tagLogProbs(tables: HostTensors): TagLogProbs {
  const known = new Map<string, Float32Array>();
  return (choice) => {
    const key = `${choice.set} ${choice.tags.join(' ')}`;
    if (!known.has(key)) known.set(key, logShare(tableOf(tables, choice.set), choice.tags));
    return known.get(key)!;
  };
}

function tableOf(tables: HostTensors, set: TagSetName): HostTensor {
  const table = tables[set === 'penn' ? 'pennCounts' : 'tagCounts'];
  if (table) return table;
  throw inputError(
    'the tables of the guide pos',
    'have no Penn tags; count them again with `diffusteer train-guide configs/train-guide-pos.json --set via=posterior`',
  );
}

function logShare({ data, shape }: HostTensor, chosen: readonly number[]): Float32Array {
  const [size, tags] = shape as [number, number];
  return Float32Array.from({ length: size }, (_, v) => {
    const row = Array.from(data.subarray(v * tags, (v + 1) * tags));
    const total = row.reduce((a, b) => a + b, 0) + SMOOTHING * tags;
    return Math.log(chosen.reduce((sum, tag) => sum + row[tag]! + SMOOTHING, 0) / total);
  });
}

/**
 * Returns log-factors [L, V] in nats of one tag per word: words are at positions 1 to `choices.length`, followed by END.
 *
 * @param choices undefined allows any word
 * @param open whether further words may follow
 */
export function tagFactors(
  choices: readonly (TagChoice | undefined)[],
  { maxTokens, vocabulary: { size, end, pad } }: ModelInfo,
  logProbs: TagLogProbs,
  open = false,
): Float32Array {
  const factors = new Float32Array(maxTokens * size); // [L, V]
  for (let i = 1; i < maxTokens; i++) {
    const row = factors.subarray(i * size, (i + 1) * size);
    if (i <= choices.length) {
      const choice = choices[i - 1];
      if (choice) row.set(logProbs(choice));
      row[end] = row[pad] = -Infinity;
    } else if (!open) {
      row.fill(-Infinity);
      row[i === choices.length + 1 ? end : pad] = 0;
    }
  }
  return factors;
}
