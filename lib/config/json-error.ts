/** A token other than a string. */
const TOKEN = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

type Expecting = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** Returns the offset of the first character that is not JSON (RFC 8259), or the length of the text if it only ends too early. */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let end = 0;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, end)) {
    end = tokenEnd(text, at);
    const next: Expecting | undefined = end === at ? undefined : follow(text.slice(at, Math.min(end, at + 5)), expecting, open);
    if (next === undefined) return at;
    expecting = next;
  }
  return text.length;
}

/** Returns the end of the token at `at`; `at` itself if there is none. */
function tokenEnd(text: string, at: number): number {
  if (text[at] === '"') return stringEnd(text, at);
  TOKEN.lastIndex = at;
  return TOKEN.test(text) ? TOKEN.lastIndex : at;
}

/** Reads a string by a loop: a regular expression would exhaust its stack on one of megabytes. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '"') return i + 1;
    if (text[i]! < ' ') return at;
    if (text[i] !== '\\') continue;
    ESCAPE.lastIndex = i;
    if (!ESCAPE.test(text)) return at;
    i = ESCAPE.lastIndex - 1;
  }
  return at;
}

/** Returns what may follow `token`, of which the first letters tell the kind, or undefined if the token is not allowed here. Updates the list of open brackets. */
function follow(token: string, expecting: Expecting, open: ('{' | '[')[]): Expecting | undefined {
  switch (expecting) {
    case ':':
      return token === ':' ? 'value' : undefined;
    case 'key':
    case 'key or }':
      if (token === '}' && expecting === 'key or }') return closing(open);
      return token.startsWith('"') ? ':' : undefined;
    case ', or end':
      if (token === (open.at(-1) === '{' ? '}' : ']') && open.length > 0) return closing(open);
      if (token !== ',' || open.length === 0) return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case 'value':
    case 'value or ]':
      if (token === ']' && expecting === 'value or ]') return closing(open);
      if (token === '{' || token === '[') {
        open.push(token);
        return token === '{' ? 'key or }' : 'value or ]';
      }
      return '}],:'.includes(token) ? undefined : ', or end';
  }
}

function closing(open: ('{' | '[')[]): Expecting {
  open.pop();
  return ', or end';
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++;
  return at;
}
