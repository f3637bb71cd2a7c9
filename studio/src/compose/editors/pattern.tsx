import { useRef } from 'preact/hooks';
import { isRecord } from '../../config/clauses.js';
import { joinPath } from '../../config/json-source.js';
import { Chips, Row } from '../fields.js';
import { type EditorProps, setOption, stringsOf } from './editor.js';
import { TAGS } from './tag-names.js';

/** What a guide of patterns calls its pattern, and the signs that its buttons insert. */
const SYNTAX = {
  infill: {
    option: 'template',
    signs: [
      ['_', 'one word'],
      ['_:2', 'two words'],
      ['_:1-3', 'one to three words'],
      ['...', 'any number of words'],
    ],
  },
  template: {
    option: 'template',
    signs: [
      ['_', 'one word'],
      ['_:1-3', 'one to three words'],
      ['...', 'any number of words'],
      ['<ADJ>', 'a word with this tag'],
      ['{list}', 'a phrase of a list'],
    ],
  },
  regex: {
    option: 'pattern',
    signs: [
      ['.', 'one word'],
      ['.{1,3}', 'one to three words'],
      ['.*', 'any number of words'],
      ['(a|b)', 'one of two'],
      ['[^a|b]', 'any word but these'],
      ['<ADJ>', 'a word with this tag'],
      ['{list}', 'a phrase of a list'],
      ['\\.', 'a full stop'],
    ],
  },
} as const;

/** Text with gaps, or a regular expression over words, with the lists that it names. */
export function PatternEditor({ clause, path, guide }: EditorProps) {
  const { option, signs } = SYNTAX[guide.name as keyof typeof SYNTAX];
  const input = useRef<HTMLTextAreaElement>(null);
  const given = clause[option];
  const pattern = Array.isArray(given) ? stringsOf(given).join(' ') : typeof given === 'string' ? given : '';
  const insert = (sign: string) => {
    const field = input.current!;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const before = pattern.slice(0, from);
    const inserted = (before === '' || before.endsWith(' ') ? '' : ' ') + sign + (pattern.slice(to).startsWith(' ') ? '' : ' ');
    setOption(path, option, before + inserted + pattern.slice(to));
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(from + inserted.length, from + inserted.length);
    });
  };
  return (
    <>
      <Row label={option} at={joinPath(path, option)}>
        {(aria) => (
          <>
            <textarea
              {...aria}
              ref={input}
              class="pattern"
              rows={Math.max(1, Math.ceil(pattern.length / 36))}
              spellcheck={false}
              autocapitalize="none"
              value={pattern}
              onInput={(event) => setOption(path, option, event.currentTarget.value.replaceAll('\n', ' '))}
            />
            <span class="signs" role="group" aria-label="Insert">
              {signs.map(([sign, meaning]) => (
                <button
                  key={sign}
                  type="button"
                  title={meaning}
                  aria-label={`Insert ${sign}: ${meaning}`}
                  onClick={() => insert(sign)}
                >
                  {sign}
                </button>
              ))}
            </span>
          </>
        )}
      </Row>
      {guide.name !== 'infill' && <Lists lists={clause['lists']} path={path} pattern={pattern} />}
    </>
  );
}

const NAME = /\{([\p{L}][^{}\s|]*)\}|<([^<>\s|]+)>/gu;

/** Lists of the pattern, and those that it names and that are still missing. */
function Lists({ lists, path, pattern }: { lists: unknown; path: string; pattern: string }) {
  const given = isRecord(lists) ? lists : {};
  const named = [...pattern.matchAll(NAME)]
    .map(([, list, tag]) => list ?? tag!)
    .filter((name) => !TAGS.some(([tag]) => tag === name));
  const names = [...new Set([...Object.keys(given), ...named])];
  const at = joinPath(path, 'lists');
  const set = (name: string, values: string[]) => {
    const { [name]: _, ...others } = given;
    const next = values.length > 0 ? { ...given, [name]: values } : others;
    setOption(path, 'lists', Object.keys(next).length > 0 ? next : undefined);
  };
  return (
    <>
      {names.map((name) => (
        <Row key={name} label={`{${name}}`} hint="Phrases that may stand there" at={joinPath(at, name)}>
          {(aria) => <Chips aria={aria} values={stringsOf(given[name])} onValues={(values) => set(name, values)} />}
        </Row>
      ))}
    </>
  );
}
