import { InputError } from '../../base/errors.js';
import { boundsOf, type OperatorSign, type SignSpot } from './sign-parser.js';

/** A position in the text of a grammar, counted from 1. */
export interface GrammarSpot {
  readonly line: number;
  readonly column: number;
}

/** A lexical sign of a grammar. */
export type GrammarSign = GrammarSpot &
  (
    | OperatorSign
    | (SignSpot & { readonly kind: 'text'; readonly text: string }) // quoted
    | (SignSpot & { readonly kind: 'rule'; readonly text: string }) // a bare name
  );

const SKIPPED = /^(?:\s+|\/\*[\s\S]*?\*\/|#[^\n]*)/u;
const TEXT = /^(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)')/u;
const RULE = /^[\p{L}_][\p{L}\p{N}_-]*/u;
const REPEAT = /^(?:[*+?]|\{\s*(\d{1,9})\s*(?:(,)\s*(\d{1,9})?)?\s*\})/;
const NAME = /^(?:<([^<>{}\s|]+)>|\{([^<>{}\s|]+)\})/;
const MARK = /^(?:::=|[.()|[\]^])/;

/** Returns the error for a spot of a grammar. */
export const grammarError = ({ line, column }: GrammarSpot, message: string): InputError =>
  new InputError('grammar', [{ path: '', message: `line ${line}, column ${column}: ${message}` }]);

/** Splits a grammar into its signs; the last one is the end. Comments are `# ...` and C comments. @throws InputError at a character that is no sign */
export function scanGrammar(text: string): GrammarSign[] {
  const signs: GrammarSign[] = [];
  const spotAt = spotsOf(text);
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const skipped = SKIPPED.exec(rest)?.[0].length ?? 0;
    if (skipped === 0) signs.push(signAt(rest, spotAt(at)));
    at += skipped || signs.at(-1)!.shown.length;
  }
  return [...signs, { kind: 'end', ...spotAt(at), shown: 'the end' }];
}

function signAt(rest: string, spot: GrammarSpot): GrammarSign {
  const found = (match: RegExpExecArray) => ({ ...spot, shown: match[0] });
  const repeat = REPEAT.exec(rest);
  if (repeat) return { kind: 'repeat', ...boundsOf(repeat), ...found(repeat) };
  const name = NAME.exec(rest);
  if (name) return { kind: 'name', text: (name[1] ?? name[2])!, ...found(name) };
  const mark = MARK.exec(rest);
  if (mark) return { kind: 'mark', mark: mark[0], ...found(mark) };
  const quoted = TEXT.exec(rest);
  if (quoted) return { kind: 'text', text: (quoted[1] ?? quoted[2])!.replace(/\\([\s\S])/gu, '$1'), ...found(quoted) };
  const rule = RULE.exec(rest);
  if (rule) return { kind: 'rule', text: rule[0], ...found(rule) };
  const sign = rest.split(/\s/u)[0]!.slice(0, 20);
  const expected = /^["']/.test(rest) ? 'a closing quote' : 'a rule, a word in quotes, or one of ( ) | ? * + [ ] . < {';
  throw grammarError(spot, `expected ${expected}, got ${sign}`);
}

function spotsOf(text: string): (at: number) => GrammarSpot {
  let [line, start, seen] = [1, 0, 0];
  return (at) => {
    for (; seen < at; seen++) if (text[seen] === '\n') [line, start] = [line + 1, seen + 1];
    return { line, column: at - start + 1 };
  };
}
