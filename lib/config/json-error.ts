const TOKEN =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expecting = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** Returns the offset of the first character that is not JSON (RFC 8259), or the length of the text if it only ends too early. */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const next: Expecting | undefined = token === undefined ? undefined : follow(token, expecting, open);
    if (next === undefined) return at;
    expecting = next;
  }
  return text.length;
}

/** Returns what may follow `token`, or undefined if the token is not allowed here. Updates the list of open brackets. */
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
