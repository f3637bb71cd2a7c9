/** A text to match: its words, and a Universal tag each where a pattern asks for one. */
export interface TaggedText {
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** Is told at which place which word a match goes on with. */
  readonly asked?: (place: number, word: string) => void;
}

/** From the places where a match may begin (numbers of words before them) to those where it may end. */
export type Matcher = (text: TaggedText, from: ReadonlySet<number>) => Set<number>;

/** One word that the test accepts. @param name of the word, for people */
export const oneWord =
  (name: string, accepts: (word: string, tag: string) => boolean): Matcher =>
  ({ words, tags, asked }, from) => {
    if (asked) for (const i of from) asked(i, name);
    return new Set([...from].filter((i) => i < words.length && accepts(words[i]!, tags[i] ?? '')).map((i) => i + 1));
  };

export const inOrder =
  (parts: readonly Matcher[]): Matcher =>
  (text, from) =>
    parts.reduce((places, part) => part(text, places), new Set(from));

export const oneOf =
  (parts: readonly Matcher[]): Matcher =>
  (text, from) =>
    new Set(parts.flatMap((part) => [...part(text, from)]));

/** `min` to `max` times. Places that fewer repetitions reach are not gone from again, so that any pattern ends. */
export const repeated =
  (part: Matcher, min: number, max: number): Matcher =>
  (text, from) => {
    let here = new Set(from);
    for (let n = 0; n < min && here.size > 0; n++) {
      const next = part(text, here);
      if (sameSet(next, here)) break; // more of the same changes nothing
      here = next;
    }
    const reached = new Set(here);
    for (let n = min; n < max && here.size > 0; n++) {
      here = new Set([...part(text, here)].filter((i) => !reached.has(i)));
      for (const i of here) reached.add(i);
    }
    return reached;
  };

const sameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean => a.size === b.size && [...a].every((i) => b.has(i));

export const matchesAll = (matcher: Matcher, text: TaggedText): boolean => matcher(text, new Set([0])).has(text.words.length);

/** How far a text goes along with a pattern. */
export interface Departure {
  /** Words of the longest beginning that some text of the pattern has. */
  readonly place: number;
  /** What may come then; nothing where a text of the pattern can only end. */
  readonly expected: readonly string[];
  /** Whether the text might end there. */
  readonly mayEnd: boolean;
}

/** Where a text that does not match leaves the pattern, if each word that the pattern names can be had. */
export function departure(matcher: Matcher, text: TaggedText): Departure {
  let place = 0;
  let expected = new Set<string>();
  const asked = (at: number, word: string): void => {
    if (at > place) [place, expected] = [at, new Set()];
    if (at === place) expected.add(word);
  };
  const ends = [...matcher({ ...text, asked }, new Set([0]))];
  const end = Math.max(-1, ...ends);
  if (end > place) return { place: end, expected: [], mayEnd: true };
  return { place, expected: [...expected], mayEnd: end === place };
}
