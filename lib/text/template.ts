import { InputError } from '../base/errors.js';
import type { WordRegex } from './word-regex.js';

/** `_`, `_:3`, `_:2-4`, `_:2-`, `...`, `<TAG>` and `{list}`, or an escaped sign. */
const GAP =
  /\\(?:\.\.\.|[\s\S])|<([^<>{}\s|]+)>|\{([^<>{}\s|]+)\}|(?<![\p{L}\p{N}_])_(?::(\d{1,9})(?:(-)(\d{1,9})?)?)?(?![\p{L}\p{N}_:])|\.\.\./gu;

/**
 * Reads a template, fixed text with typed gaps such as `{name} serves <ADJ> food in _:1-3, ... .`, as a word regex. Everything but a
 * gap is text; a backslash before a gap makes it text too.
 *
 * @param split how the model's tokenizer splits a run without spaces into words
 * @throws InputError if the bounds of a gap are reversed or too large
 */
export function parseTemplate(text: string, split: (text: string) => readonly string[]): WordRegex {
  const parts: WordRegex[] = [];
  let written = ''; // fixed text since the last gap
  let column = 1;
  const flush = () => {
    for (const word of split(written)) parts.push({ kind: 'word', word, column });
    written = '';
  };
  let end = 0;
  for (const match of text.matchAll(GAP)) {
    written += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[0].startsWith('\\')) written += match[0].slice(1);
    else {
      flush();
      parts.push(gapOf(match));
      column = end + 1;
    }
  }
  written += text.slice(end);
  flush();
  return { kind: 'sequence', parts };
}

function gapOf(match: RegExpExecArray): WordRegex {
  const [sign, tag, list, least, dash, most] = match;
  const column = match.index + 1;
  const name = tag ?? list;
  if (name !== undefined) return { kind: 'class', items: [{ kind: 'name', text: name, column }], negated: false };
  if (sign === '...') return { kind: 'repeat', part: { kind: 'any' }, min: 0, max: Infinity };
  const min = Number(least ?? 1);
  const max = dash === undefined ? min : most === undefined ? Infinity : Number(most);
  if (min <= max && min <= 1000 && (max <= 1000 || max === Infinity)) return { kind: 'repeat', part: { kind: 'any' }, min, max };
  const expected = 'a gap of at most 1000 words, the smaller bound first';
  throw new InputError('template', [{ path: '', message: `column ${column}: expected ${expected}, got ${sign}` }]);
}
