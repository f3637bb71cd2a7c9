import type { Problem } from '../../base/errors.js';
import { SPECIAL_TOKENS } from '../../text/vocabulary.js';

const FILE = 'vocab.json';

/** Returns the tokens by id of the original's vocab.json, an object of ids by token: every id from 0 on once, the special tokens among them. */
export function tokensOf(vocabulary: unknown): { tokens: readonly string[]; problems: Problem[] } {
  if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary)) {
    return { tokens: [], problems: [{ path: FILE, message: 'expected an object of ids by token' }] };
  }
  const ids = Object.entries(vocabulary as Record<string, unknown>);
  const tokens = new Array<string | undefined>(ids.length).fill(undefined);
  const problems: Problem[] = [];
  for (const [token, id] of ids) {
    const path = `${FILE}/${token}`;
    if (!isId(id, ids.length)) {
      problems.push({ path, message: `expected an id from 0 to ${ids.length - 1}, found ${JSON.stringify(id)}` });
    } else if (tokens[id] !== undefined) {
      problems.push({ path, message: `expected an id of its own, found ${id}, which is that of ${JSON.stringify(tokens[id])}` });
    } else tokens[id] = token;
  }
  for (const token of SPECIAL_TOKENS)
    if (!tokens.includes(token)) problems.push({ path: `${FILE}/${token}`, message: 'expected an id, found none' });
  return { tokens: tokens.map((token) => token ?? ''), problems };
}

const isId = (id: unknown, size: number): id is number => Number.isInteger(id) && (id as number) >= 0 && (id as number) < size;
