import { inOrder, oneOf, oneWord, repeated, type Matcher } from './word-matchers.js';

/** What the words and names of an expression mean. */
export interface Meanings {
  readonly split: (text: string) => readonly string[];
  /** Phrases by the name of their list. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly ignoreCase: boolean;
  readonly isTag: (name: string) => boolean;
  /** Any word will do for a tag. */
  readonly anyForTags?: boolean;
}

/** Signs in the order in which they are tried; what has no group is one of the marks `. ( ) | [ ] ^`. */
const SIGN =
  /\s+|(?<repeat>[*+?]|\{(?<least>\d+)(?<comma>,)?(?<most>\d+)?\})|<(?<tag>[^<>{}\s|]+)>|\{(?<list>[^<>{}\s|]+)\}|"(?<quoted>(?:[^"\\]|\\[\s\S])*)"|[.()|[\]^]|(?<bare>(?:[^\s.()|*+?{}[\]<>"^\\]|\\\S)+)/uy;

interface Sign {
  /** As written. */
  readonly shown: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

const MAX_DEPTH = 100;

/**
 * Reads a regular expression over words as a matcher: words and `"quoted words"`, `.` for any word, `x y`, `x|y`, `(x)`, `*`, `+`, `?`, `{m}`,
 * `{m,}`, `{m,n}`, `[a|b]` and `[^a|b]` for one word of these or of all others, `<TAG>` and `{list}`.
 * Reading and matching are the judge's own: the guide compiles automata.
 * @returns the matcher, or what is wrong
 */
export function readExpression(text: string, meanings: Meanings): Matcher | string {
  const signs: Sign[] = [];
  SIGN.lastIndex = 0;
  for (let at = 0; at < text.length; at = SIGN.lastIndex) {
    const match = SIGN.exec(text);
    if (match === null) return `column ${at + 1}: ${JSON.stringify(text[at])} means nothing here`;
    if (match[0].trim() !== '') signs.push({ shown: match[0], groups: match.groups ?? {} });
  }
  const reader = new Reader(signs, meanings);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof Misread) return error.message;
    throw error;
  }
}

class Misread extends Error {}

const anyWord = oneWord('a word', () => true);

class Reader {
  #at = 0;

  constructor(
    readonly signs: readonly Sign[],
    readonly meanings: Meanings,
  ) {}

  whole(): Matcher {
    const matcher = this.#choice(0);
    if (this.#at < this.signs.length) throw this.#misread('the end');
    return matcher;
  }

  #choice(depth: number): Matcher {
    if (depth > MAX_DEPTH) throw this.#misread(`at most ${MAX_DEPTH} groups inside each other`);
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) parts.push(this.#sequence(depth));
    return oneOf(parts);
  }

  #sequence(depth: number): Matcher {
    const parts: Matcher[] = [];
    for (let part = this.#part(depth); part !== undefined; part = this.#part(depth)) {
      for (let bounds = this.#bounds(); bounds !== undefined; bounds = this.#bounds())
        part = repeated(part, bounds.min, bounds.max);
      parts.push(part);
    }
    return inOrder(parts);
  }

  #part(depth: number): Matcher | undefined {
    if (this.#take('.')) return anyWord;
    if (this.#take('[')) return this.#class();
    if (this.#take('(')) {
      const group = this.#choice(depth + 1);
      if (!this.#take(')')) throw this.#misread('")"');
      return group;
    }
    const words = this.#words();
    if (words !== undefined) return inOrder(words.map((word) => this.#is(word)));
    const name = this.#name();
    return name === undefined ? undefined : this.#named(name);
  }

  #class(): Matcher {
    const negated = this.#take('^');
    const items: Matcher[] = [];
    do {
      const words = this.#words();
      const name = words === undefined ? this.#name() : undefined;
      if (words?.length === 1) items.push(this.#is(words[0]!));
      else if (name !== undefined) items.push(this.#named(name));
      else throw this.#misread('a word, <TAG> or {list}');
    } while (this.#take('|'));
    if (!this.#take(']')) throw this.#misread('"]"');
    if (!negated) return oneOf(items);
    const any = oneOf(items);
    const other = oneWord('another word', () => true);
    return ({ asked, ...text }, from) => {
      if (asked) other({ ...text, asked }, from);
      return other(text, new Set([...from].filter((i) => any(text, new Set([i])).size === 0)));
    };
  }

  #named(name: string): Matcher {
    const { lists, split, isTag } = this.meanings;
    const phrases = Object.hasOwn(lists, name) ? lists[name]! : undefined;
    if (phrases) return oneOf(phrases.map((phrase) => inOrder(split(phrase).map((word) => this.#is(word)))));
    if (!isTag(name)) throw new Misread(`no list and no Universal tag is named ${JSON.stringify(name)}`);
    return oneWord(`<${name}>`, (_, tag) => this.meanings.anyForTags === true || tag === name);
  }

  #is(expected: string): Matcher {
    const name = `"${expected}"`;
    if (!this.meanings.ignoreCase) return oneWord(name, (word) => word === expected);
    return oneWord(name, (word) => word.toLowerCase() === expected.toLowerCase());
  }

  #words(): readonly string[] | undefined {
    const { quoted, bare } = this.signs[this.#at]?.groups ?? {};
    const written = quoted ?? bare;
    if (written === undefined) return undefined;
    this.#at++;
    return this.meanings.split(written.replace(/\\([\s\S])/gu, '$1'));
  }

  #name(): string | undefined {
    const { tag, list } = this.signs[this.#at]?.groups ?? {};
    const name = tag ?? list;
    if (name !== undefined) this.#at++;
    return name;
  }

  #bounds(): { min: number; max: number } | undefined {
    const { repeat, least, comma, most } = this.signs[this.#at]?.groups ?? {};
    if (repeat === undefined) return undefined;
    this.#at++;
    if (least === undefined) return { min: repeat === '+' ? 1 : 0, max: repeat === '?' ? 1 : Infinity };
    return { min: Number(least), max: comma === undefined ? Number(least) : most === undefined ? Infinity : Number(most) };
  }

  #take(mark: string): boolean {
    const sign = this.signs[this.#at];
    const there = sign?.shown === mark && sign.groups['bare'] === undefined;
    if (there) this.#at++;
    return there;
  }

  #misread(expected: string): Misread {
    const sign = this.signs[this.#at];
    return new Misread(`expected ${expected}, got ${sign ? JSON.stringify(sign.shown) : 'the end'}`);
  }
}
