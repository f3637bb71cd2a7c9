import type { ClassItem } from '../../text/grammar/sign-parser.js';
import type { WordRegex } from '../../text/word-regex.js';
import type { Mark } from '../judge.js';
import { markEnd, markWords } from './marks.js';

/** A text to match: its words, and one Universal tag per word if the regex has tags. */
export interface TaggedText {
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** Is called for each position that a match reaches, with the word that it needs there. */
  readonly asked?: (position: number, word: string) => void;
}

/** Maps the positions where a match may begin to those where it may end; a position is the number of words before it. */
export type Matcher = (text: TaggedText, from: ReadonlySet<number>) => Set<number>;

/** The resolvers of the words and names of a word regex. */
export interface NameTable {
  readonly split: (text: string) => readonly string[];
  /** Phrases by the name of their list. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly ignoreCase: boolean;
  /** Lets any word have any tag. */
  readonly anyTag?: boolean;
}

/** Builds the matcher of a word regex. Every name that is not a list is taken for a Universal tag. */
export function matcherOf(regex: WordRegex, names: NameTable): Matcher {
  switch (regex.kind) {
    case 'word':
    case 'any':
    case 'class':
      return oneOf(phrasesOfLeaf(regex, names).map((phrase) => inOrder(phrase.map(oneWord))));
    case 'sequence':
      return inOrder(regex.parts.map((part) => matcherOf(part, names)));
    case 'choice':
      return oneOf(regex.parts.map((part) => matcherOf(part, names)));
    case 'repeat':
      return repeated(matcherOf(regex.part, names), regex.min, regex.max);
  }
}

/** A test of one word. */
export interface WordTest {
  /** The word as reports name it. */
  readonly shown: string;
  readonly accepts: (word: string, tag: string) => boolean;
}

/** Returns the phrases that a word, any word or a class stands for, as tests of their words. */
export function phrasesOfLeaf(leaf: Extract<WordRegex, { kind: 'word' | 'any' | 'class' }>, names: NameTable): WordTest[][] {
  if (leaf.kind === 'word') return [[literal(leaf.word, names)]];
  if (leaf.kind === 'any') return [[{ shown: 'a word', accepts: () => true }]];
  const phrases = leaf.items.flatMap((item) => phrasesOf(item, names));
  if (!leaf.negated) return phrases;
  const excluded = phrases.filter(({ length }) => length === 1).flat();
  return [[{ shown: 'another word', accepts: (word, tag) => !excluded.some(({ accepts }) => accepts(word, tag)) }]];
}

/** Returns the phrases that an item of a class stands for, as tests of their words. */
function phrasesOf({ kind, text }: ClassItem, names: NameTable): WordTest[][] {
  if (kind === 'word') return [[literal(text, names)]];
  if (!Object.hasOwn(names.lists, text))
    return [[{ shown: `<${text}>`, accepts: (_, tag) => names.anyTag === true || tag === text }]];
  return names.lists[text]!.map((phrase) => names.split(phrase).map((word) => literal(word, names)));
}

function literal(expected: string, { ignoreCase }: NameTable): WordTest {
  const shown = `"${expected}"`;
  if (!ignoreCase) return { shown, accepts: (word) => word === expected };
  return { shown, accepts: (word) => word.toLowerCase() === expected.toLowerCase() };
}

const oneWord =
  ({ shown, accepts }: WordTest): Matcher =>
  ({ words, tags, asked }, from) => {
    if (asked) for (const i of from) asked(i, shown);
    return new Set([...from].filter((i) => i < words.length && accepts(words[i]!, tags[i] ?? '')).map((i) => i + 1));
  };

const inOrder =
  (parts: readonly Matcher[]): Matcher =>
  (text, from) =>
    parts.reduce((positions, part) => part(text, positions), new Set(from));

const oneOf =
  (parts: readonly Matcher[]): Matcher =>
  (text, from) =>
    new Set(parts.flatMap((part) => [...part(text, from)]));

/** Repeats a matcher `min` to `max` times. It never leaves the same position twice, so every regex terminates. */
const repeated =
  (part: Matcher, min: number, max: number): Matcher =>
  (text, from) => {
    let here = new Set(from);
    for (let n = 0; n < min && here.size > 0; n++) {
      const next = part(text, here);
      if (isSameSet(next, here)) break; // further repetitions change nothing
      here = next;
    }
    const reached = new Set(here);
    for (let n = min; n < max && here.size > 0; n++) {
      here = new Set([...part(text, here)].filter((i) => !reached.has(i)));
      for (const i of here) reached.add(i);
    }
    return reached;
  };

const isSameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean => a.size === b.size && [...a].every((i) => b.has(i));

/** Returns whether the regex matches the whole text. */
export const matchesAll = (matcher: Matcher, text: TaggedText): boolean => matcher(text, new Set([0])).has(text.words.length);

/** The position at which a text departs from a regex. */
export interface Departure {
  /** Length in words of the longest prefix that the text shares with some text of the regex. */
  readonly position: number;
  /** The words that may follow; empty if a text of the regex can only end there. */
  readonly expected: readonly string[];
  /** Whether a text of the regex may end there. */
  readonly mayEnd: boolean;
}

/** Finds where a text that does not match departs from the regex. */
export function departure(matcher: Matcher, text: TaggedText): Departure {
  let position = 0;
  let expected = new Set<string>();
  const asked = (at: number, word: string): void => {
    if (at > position) [position, expected] = [at, new Set()];
    if (at === position) expected.add(word);
  };
  const ends = [...matcher({ ...text, asked }, new Set([0]))];
  const end = Math.max(-1, ...ends);
  if (end > position) return { position: end, expected: [], mayEnd: true };
  return { position, expected: [...expected], mayEnd: end === position };
}

/** The number of expected words that a mark names. */
const NAMED = 4;

/** Marks the word with which a text departs from a pattern, all surplus words, or the position of missing words. */
export function departureMark(words: readonly string[], { position, expected, mayEnd }: Departure): Mark {
  if (expected.length === 0) return markWords(words, position, words.length, 'after the end of the pattern');
  const named = [...expected.slice(0, NAMED), ...(expected.length > NAMED ? ['others'] : []), ...(mayEnd ? ['the end'] : [])];
  const note = `expected ${named.join(' or ')}`;
  return position < words.length ? markWords(words, position, position + 1, note) : markEnd(words, note);
}
