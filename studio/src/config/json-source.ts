/** A part of a text, by the offsets of its first character and of the one after its last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** JSON text that was read: its value, and the range of each value in the text by its JSON path, such as `/guidance/0`. */
export interface JsonSource {
  readonly value: unknown;
  readonly ranges: ReadonlyMap<string, Range>;
}

/** A syntax error of JSON. */
export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Appends a key to a JSON path. */
export const joinPath = (path: string, key: string | number): string =>
  `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Returns the keys of a JSON path. */
export const keysOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * Reads JSON and remembers the range of each value.
 *
 * @throws JsonSyntaxError with the offset of the first character that cannot be read
 */
export function readJsonSource(text: string): JsonSource {
  const reader = new Reader(text);
  const value = reader.read('');
  reader.end();
  return { value, ranges: reader.ranges };
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Reader {
  readonly ranges = new Map<string, Range>();
  private at = 0;

  constructor(private readonly text: string) {}

  read(path: string): unknown {
    this.skip();
    const from = this.at;
    const value = this.valueAt(path);
    this.ranges.set(path, { from, to: this.at });
    return value;
  }

  end(): void {
    this.skip();
    if (this.at < this.text.length) this.fail('the end of the config');
  }

  private valueAt(path: string): unknown {
    const sign = this.text[this.at];
    if (sign === '{') return this.object(path);
    if (sign === '[') return this.list(path);
    const token = this.match(sign === '"' ? STRING : SCALAR) ?? this.fail(sign === '"' ? 'a closing quote' : 'a value');
    return JSON.parse(token) as unknown;
  }

  private object(path: string): Record<string, unknown> {
    const members: [string, unknown][] = [];
    this.items('}', () => {
      const key = JSON.parse(this.match(STRING) ?? this.fail('a key in double quotes')) as string;
      this.skip();
      if (this.text[this.at] !== ':') this.fail('a colon');
      this.at += 1;
      members.push([key, this.read(joinPath(path, key))]);
    });
    return Object.fromEntries(members);
  }

  private list(path: string): unknown[] {
    const members: unknown[] = [];
    this.items(']', () => members.push(this.read(joinPath(path, members.length))));
    return members;
  }

  /** Reads what stands between brackets, separated by commas. */
  private items(close: string, readItem: () => void): void {
    this.at += 1;
    this.skip();
    if (this.text[this.at] === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.skip();
      readItem();
      this.skip();
      const sign = this.text[this.at];
      if (sign !== ',' && sign !== close) this.fail(`a comma or ${close}`);
      this.at += 1;
      if (sign === close) return;
    }
  }

  private skip(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private fail(expected: string): never {
    const got = this.text[this.at];
    throw new JsonSyntaxError(
      `expected ${expected}, got ${got === undefined ? 'the end of the text' : JSON.stringify(got)}`,
      this.at,
    );
  }
}

/** Returns the line and column of an offset, both counted from 1. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
