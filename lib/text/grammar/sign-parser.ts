/** One of these words and phrases; negated, any other word. */
export interface WordClass {
  readonly kind: 'class';
  readonly items: readonly ClassItem[];
  readonly negated: boolean;
}

/** One item of a class of words: a word, or the name of a tag or a list. `column` is the position in the source text, counted from 1. */
export interface ClassItem {
  readonly kind: 'word' | 'name';
  readonly text: string;
  readonly column: number;
}

/** A repetition of an expression. */
export interface Repeat<T> {
  readonly kind: 'repeat';
  readonly part: T;
  readonly min: number;
  readonly max: number;
}

/** The position of a lexical sign, and how error messages quote it. */
export interface SignSpot {
  readonly column: number;
  readonly shown: string;
}

/** The signs that word regexes and grammars share. */
export type OperatorSign = SignSpot &
  (
    | { readonly kind: 'name'; readonly text: string } // <name> or {name}
    | { readonly kind: 'repeat'; readonly min: number; readonly max: number }
    | { readonly kind: 'mark'; readonly mark: string }
    | { readonly kind: 'end' }
  );

/** Groups nest at most so deep, and one part is repeated at most so often, so that no text exhausts the stack. */
export const MAX_DEPTH = 100;
const MAX_REPEAT = 1000;

/** Reads what word regexes and grammars share: repetitions, and classes such as `[a|b]` and `[^a|<ADJ>]`. */
export abstract class SignParser<Sign extends SignSpot & { readonly kind: string }> {
  protected at = 0;

  constructor(protected readonly signs: readonly Sign[]) {}

  /** Returns the words that a sign stands for literally. */
  protected abstract wordsOf(sign: Sign): readonly string[] | undefined;
  /** @throws InputError with the position of a sign, and what was expected there */
  protected abstract fail(expected: string, sign?: Sign): never;

  protected get here(): Sign {
    return this.signs[this.at]!;
  }

  /** The sign here if it is one of those that both syntaxes share; other signs have another `kind`. */
  get #shared(): OperatorSign {
    return this.here as SignSpot as OperatorSign;
  }

  protected take(mark: string): boolean {
    const sign = this.#shared;
    if (sign.kind !== 'mark' || sign.mark !== mark) return false;
    this.at++;
    return true;
  }

  /** Reads the repetitions after an expression. */
  protected repeated<T>(part: T): T | Repeat<T> {
    let whole: T | Repeat<T> = part;
    for (let depth = 0, sign = this.#shared; sign.kind === 'repeat'; depth++, sign = this.#shared) {
      if (depth === MAX_DEPTH) this.fail(`at most ${MAX_DEPTH} repetitions of one part`);
      const { min, max } = sign;
      if (min > max) this.fail('{m,n} with m at most n');
      if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Infinity)) this.fail(`at most ${MAX_REPEAT} repetitions`);
      this.at++;
      whole = { kind: 'repeat', part: whole as T, min, max };
    }
    return whole;
  }

  /** Reads a class after its "[". @param item what each of its items has to be */
  protected wordClass(item: string): WordClass {
    const negated = this.take('^');
    const items: ClassItem[] = [];
    do items.push(this.#classItem() ?? this.fail(item));
    while (this.take('|'));
    if (!this.take(']')) this.fail('"|" or "]" in a class of words');
    return { kind: 'class', items, negated };
  }

  #classItem(): ClassItem | undefined {
    const sign = this.#shared;
    const { column } = sign;
    const words = this.wordsOf(this.here);
    if (sign.kind !== 'name' && words?.length !== 1) return undefined;
    this.at++;
    return sign.kind === 'name' ? { kind: 'name', text: sign.text, column } : { kind: 'word', text: words![0]!, column };
  }
}

/** Returns what a repetition means: its sign, the least number, the comma and the most, as groups of a match. */
export function boundsOf([sign, least, comma, most]: RegExpExecArray): { min: number; max: number } {
  if (sign === '*') return { min: 0, max: Infinity };
  if (sign === '+') return { min: 1, max: Infinity };
  if (sign === '?') return { min: 0, max: 1 };
  const min = Number(least);
  return { min, max: comma === undefined ? min : most === undefined ? Infinity : Number(most) };
}
