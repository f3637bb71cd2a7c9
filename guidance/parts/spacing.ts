import { wordIds } from '../../lib/automaton/index.js';
import {
  isPossessive,
  isQuote,
  endsAsWord,
  joinWords,
  LEFT,
  RIGHT,
  type Sides,
  sides,
  staysSplit,
} from '../../lib/text/join-words.js';
import type { Vocabulary } from '../../lib/text/types.js';

/**
 * The spaces of a text as `joinWords` sets them, word by word: a non-deterministic automaton that also counts. It guesses whether a quote
 * occurs again, and sets the space before a word one word later where that depends on the next word.
 */
export interface Spacing {
  readonly start: number;
  /** The class of each word of the vocabulary, by id: words of one class have the same spaces around them. */
  readonly classOf: ReadonlyMap<number, number>;
  /** The arcs of each state and class, with the number of spaces that become certain. */
  readonly arcs: readonly (readonly (readonly Arc[])[])[];
  /** For each state, the numbers of spaces that become certain if the text ends there; empty if it cannot. */
  readonly ends: readonly (readonly number[])[];
}

interface Arc {
  readonly to: number;
  readonly spaces: number;
}

/** Returns the spacing of a tokenizer that puts as many spaces between any two words: one, or none between characters. */
export function plainSpacing(vocabulary: Vocabulary, spaces: number): Spacing {
  const classOf = new Map(wordIds(vocabulary).map((id) => [id, 0]));
  return { start: 0, classOf, arcs: [[[{ to: 1, spaces: 0 }]], [[{ to: 1, spaces }]]], ends: [[0], [0]] };
}

/** Returns the spacing of `joinWords`. */
export function naturalSpacing(vocabulary: Vocabulary): Spacing {
  const { classOf, shapes } = shapesOf(vocabulary);
  const names = new Map<string, number>();
  const states: Joined[] = [];
  const nameOf = (state: Joined): number => {
    const { tail, glues, pending, open, last, owed } = state;
    const key = [tail.join(' '), glues, pending, open, last, owed].join('\n');
    if (!names.has(key)) names.set(key, states.push(state) - 1);
    return names.get(key)!;
  };
  nameOf({ tail: [], glues: false, open: '', last: '', owed: '' });
  const arcs: Arc[][][] = [];
  for (let i = 0; i < states.length; i++)
    arcs.push(shapes.map((shape) => read(states[i]!, shape).map(({ state, spaces }) => ({ to: nameOf(state), spaces }))));
  const ends = states.map((state) => settle(state, '').flatMap(({ state: { owed }, spaces }) => (owed === '' ? [spaces] : [])));
  return merged({ start: 0, classOf, arcs, ends });
}

/** How far a text has been joined. */
interface Joined {
  /** The last two words that have no space between them. */
  readonly tail: readonly string[];
  /** Whether no space stands after the last word. */
  readonly glues: boolean;
  /** A word whose space depends on the next one. */
  readonly pending?: string;
  /** The quotes that are open, those that do not occur again, and those that must. */
  readonly open: string;
  readonly last: string;
  readonly owed: string;
}

interface Step {
  readonly state: Joined;
  readonly spaces: number;
}

/** Returns the states after a word. */
function read(from: Joined, word: string): Step[] {
  return settle(from, word).flatMap(({ state, spaces }) => {
    if (isQuote(word) && state.last.includes(word)) return [];
    const next = isQuote(word) ? { ...state, owed: state.owed.replace(word, '') } : state;
    const waits = needsNext(next, word) ? [{ state: { ...next, pending: word }, spaces: 0 }] : placed(next, word, '');
    return waits.map((step) => ({ ...step, spaces: step.spaces + spaces }));
  });
}

/** Sets the space before a word that waits for the next one. */
function settle({ pending, ...state }: Joined, after: string): Step[] {
  return pending === undefined ? [{ state, spaces: 0 }] : placed(state, pending, after);
}

function needsNext({ tail, open }: Joined, word: string): boolean {
  if (word === '-') return true;
  const before = tail.at(-1) ?? '';
  return isQuote(word) && !open.includes(word) && isPossessive([before, word, 'a'], 1);
}

/** Returns the states after the space before a word is set: two if a quote may open or close. */
function placed(state: Joined, word: string, after: string): Step[] {
  const around = [state.tail.at(-1) ?? '', word, after];
  if (isQuote(word)) return quoted(state, word, around).map(([next, side]) => spaced(next, word, side));
  return [spaced(state, word, sides(around, 1, { side: () => LEFT }))];
}

function quoted(state: Joined, mark: string, around: readonly string[]): (readonly [Joined, Sides])[] {
  const { open, last, owed } = state;
  if (open.includes(mark)) return [[{ ...state, open: open.replace(mark, '') }, LEFT]];
  const opened = { ...state, open: sorted(open + mark) };
  if (!endsAsWord(around[0]!)) return [[opened, RIGHT]];
  if (isPossessive(around, 1)) return [[state, LEFT]];
  return [
    [{ ...state, last: sorted(last + mark) }, LEFT],
    [{ ...opened, owed: sorted(owed + mark) }, RIGHT],
  ];
}

const sorted = (marks: string): string => [...marks].sort().join('');

function spaced(state: Joined, word: string, { left, right }: Sides): Step {
  const { tail } = state;
  const isGlued = tail.length > 0 && (state.glues || left) && staysGlued(tail, word);
  const joined = isGlued && !isPlain(word) ? [...tail.slice(-1), word] : [word];
  return { state: { ...state, tail: joined, glues: right }, spaces: isGlued || tail.length === 0 ? 0 : 1 };
}

const glued = new Map<string, boolean>();

/** Returns whether words can stand without spaces and split into the same words again. */
function staysGlued(tail: readonly string[], word: string): boolean {
  const key = `${tail.join(' ')} ${word}`;
  if (!glued.has(key)) glued.set(key, staysSplit([...tail, word]));
  return glued.get(key)!;
}

/** Words that stand for all others of letters alone: with a capital or without, ending in s or not. */
const PLAIN = ['lamp', 'lamps', 'Lamp', 'Lamps'];
const isPlain = (word: string): boolean => PLAIN.includes(word);

/** Returns a shape for each class of words: a word that stands for all of the class. */
function shapesOf(vocabulary: Vocabulary): { classOf: Map<number, number>; shapes: string[] } {
  const shapes: string[] = [];
  const known = new Map<string, number>();
  const classOf = new Map<number, number>();
  const usual = ordinary('lamp');
  for (const id of wordIds(vocabulary)) {
    const word = vocabulary.tokens[id]!;
    const isOrdinary = /^\p{N}+$/u.test(word) || (/^\p{L}{2,}$/u.test(word) && ordinary(word) === usual);
    const shape = isOrdinary ? (/^\p{N}/u.test(word) ? '7' : plainOf(word)) : word;
    const key = signature(shape) + (isQuote(shape) ? shape : '');
    if (!known.has(key)) known.set(key, shapes.push(shape) - 1);
    classOf.set(id, known.get(key)!);
  }
  return { classOf, shapes };
}

const plainOf = (word: string): string => (/^\p{Ll}/u.test(word) ? 'lamp' : 'Lamp') + (/s$/i.test(word) ? 's' : '');

/** Returns the spaces around a word of letters where one that a rule names has others. */
const ordinary = (word: string): string =>
  [
    ['lamp', '-', word, '-', 'lamp'],
    [word, '.', 'can', word],
    [word, 'not'],
  ]
    .map(spacesOf)
    .join();

/** Texts with a word whose spaces tell how the word behaves. */
const PROBES = [
  (word: string) => ['lamp', word, 'lamp', '-', word, '-', 'lamp', word, '.', word, '7', word, '7', word],
  (word: string) => ['can', word, 'not', '.', '.', word, '(', word, '/', word, ')', 'x', word, 'x', word],
  (word: string) => ['lamps', "'", word, "'s", word, "'s", word, "n't", 'pre', '-', word, '7', '.', word, '.', word],
  (word: string) => ['lamp', "'", word, "'", 'lamp', "'", word, word, "'", 'mr', word, '£', word, '.', '-', word],
  (word: string) => ['"', word, '"', '7', '/', word, '/', '7', word, '-', word, ',', word, ':', word, '-', 'the'],
];

const signatures = new Map<string, string>();

/** Returns the positions of the spaces in the probes with a word. */
function signature(word: string): string {
  if (!signatures.has(word)) signatures.set(word, PROBES.map((probe) => spacesOf(probe(word))).join());
  return signatures.get(word)!;
}

/** Returns 1 for each word with a space before it, else 0. */
function spacesOf(words: readonly string[]): string {
  const text = joinWords(words);
  let at = 0;
  return words
    .map((word) => {
      const space = text[at] === ' ' ? 1 : 0;
      at += space + word.length;
      return space;
    })
    .join('');
}

/** Merges the states that no further text tells apart. */
function merged({ start, classOf, arcs, ends }: Spacing): Spacing {
  let blockOf = numbered(ends.map((own) => [...new Set(own)].sort().join()));
  for (let count = 0; count < Math.max(...blockOf) + 1;) {
    count = Math.max(...blockOf) + 1;
    const keys = arcs.map((own, state) => `${blockOf[state]!};${own.map((to) => arcKey(to, blockOf)).join(';')}`);
    const finer = numbered(keys);
    if (Math.max(...finer) + 1 === count) break;
    blockOf = finer;
  }
  const first = blockOf.reduce<number[]>((seen, block, state) => ((seen[block] ??= state), seen), []);
  const arcsOf = (own: readonly Arc[]): Arc[] =>
    own.map(({ to, spaces }) => ({ to: blockOf[to]!, spaces })).filter((arc, i, all) => i === all.findIndex((other) => other.to === arc.to && other.spaces === arc.spaces)); // prettier-ignore
  return {
    start: blockOf[start]!,
    classOf,
    arcs: first.map((state) => arcs[state]!.map(arcsOf)),
    ends: first.map((state) => [...new Set(ends[state])]),
  };
}

const arcKey = (arcs: readonly Arc[], blockOf: readonly number[]): string =>
  [...new Set(arcs.map(({ to, spaces }) => `${blockOf[to]!}+${spaces}`))].sort().join();

function numbered(keys: readonly string[]): number[] {
  const known = new Map<string, number>();
  return keys.map((key) => {
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key)!;
  });
}
