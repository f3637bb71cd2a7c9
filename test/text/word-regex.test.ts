import { expect } from 'chai';
import fc from 'fast-check';
import { accepts, compileExpression, tokenRegexOf } from '../../lib/automaton/index.js';
import { InputError } from '../../lib/base/errors.js';
import { matcherOf, matchesAll } from '../../lib/judges/controls/word-matchers.js';
import { splitWords } from '../../lib/text/split-words.js';
import { parseTemplate } from '../../lib/text/template.js';
import { mentions, parseWordRegex, type WordRegex } from '../../lib/text/word-regex.js';
import { sequences } from '../automaton/helpers.js';

const WORDS = ['a', 'b', '.'];
const LISTS: Readonly<Record<string, readonly string[]>> = { ab: ['a', 'b'], long: ['a b', '.'] };

const matches = (regex: WordRegex, words: readonly string[]): boolean =>
  matchesAll(matcherOf(regex, { split: splitWords, lists: LISTS, ignoreCase: false }), { words, tags: [] });

const texts = sequences(WORDS.length, 4).map((text) => text.map((i) => WORDS[i]!));

/** Returns the texts of at most four words that an automaton of the pattern accepts. */
function acceptedBy(pattern: WordRegex): string[] {
  const ids = (word: string) => [WORDS.indexOf(word)];
  const meanings = {
    any: [0, 1, 2],
    word: ids,
    name: (name: string) => LISTS[name]!.map((phrase) => splitWords(phrase).map(ids)),
  };
  const automaton = compileExpression(tokenRegexOf(pattern, meanings), WORDS.length);
  return texts
    .filter((text) =>
      accepts(
        automaton,
        text.map((word) => WORDS.indexOf(word)),
      ),
    )
    .map((text) => text.join(' '));
}

/** Patterns with the equivalent JavaScript regular expression for words that each have a space before them. */
const written: fc.Arbitrary<{ pattern: string; regex: string }> = fc.letrec<{ one: { pattern: string; regex: string } }>(
  (tie) => {
    const atom = fc.constantFrom(
      { pattern: 'a', regex: '(?: a)' },
      { pattern: 'b', regex: '(?: b)' },
      { pattern: '\\.', regex: '(?: \\.)' },
      { pattern: '"."', regex: '(?: \\.)' },
      { pattern: '"a b"', regex: '(?: a b)' },
      { pattern: '.', regex: '(?: [ab.])' },
      { pattern: '[a|b]', regex: '(?: [ab])' },
      { pattern: '[^a|"."]', regex: '(?: [^a. ])' },
      { pattern: '{ab}', regex: '(?: [ab])' },
      { pattern: '[^{long}]', regex: '(?: [ab])' }, // "a b" in the list leaves the single word "a" allowed
      { pattern: '[<long>]', regex: '(?: a b| \\.)' },
    );
    const quantified = fc
      .tuple(tie('one'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', ' ?'))
      .map(([{ pattern, regex }, sign]) => ({ pattern: `(${pattern})${sign}`, regex: `(?:${regex})${sign.trim()}` }));
    const joined = (mark: string) =>
      fc.array(tie('one'), { minLength: 2, maxLength: 3 }).map((parts) => ({
        pattern: `(${parts.map(({ pattern }) => pattern).join(mark === '|' ? ' | ' : ' ')})`,
        regex: `(?:${parts.map(({ regex }) => regex).join(mark)})`,
      }));
    return { one: fc.oneof({ maxDepth: 3, depthSize: 'small' }, atom, quantified, joined('|'), joined('')) };
  },
).one;

describe('a word regex', () => {
  it('has the same meaning in the guide, in the judge and as a JavaScript regular expression', () => {
    fc.assert(
      fc.property(written, ({ pattern, regex }) => {
        const parsed = parseWordRegex(pattern, splitWords);
        const byJavaScript = texts.filter((text) => new RegExp(`^${regex}$`).test(text.map((word) => ` ${word}`).join('')));
        const byJudge = texts.filter((text) => matches(parsed, text));
        expect(acceptedBy(parsed), pattern).to.deep.equal(byJavaScript.map((text) => text.join(' ')));
        expect(byJudge, pattern).to.deep.equal(byJavaScript);
      }),
      { numRuns: 300 },
    );
  });

  it('splits literals as the tokenizer does, supports escapes and quotes, and reports the positions of words', () => {
    const words = (text: string) =>
      mentions(parseWordRegex(text, splitWords)).map(({ text: word, column }) => `${column} ${word}`);
    expect(words("don't pay, (£20-25)\\.")).to.deep.equal(['1 do', "1 n't", '7 pay', '7 ,', '13 £', '13 20', '13 -', '13 25', '20 .']); // prettier-ignore
    expect(words('"city centre" \\[ \\<b\\> [x|<ADJ>]')).to.deep.equal(['1 city', '1 centre', '15 [', '18 <', '18 b', '18 >', '25 x', '27 ADJ']); // prettier-ignore
    expect(acceptedBy(parseWordRegex('a|', splitWords))).to.deep.equal(['', 'a']);
  });

  it('reports the column of an error, and what was expected', () => {
    const complaint = (text: string) => {
      try {
        parseWordRegex(text, splitWords);
      } catch (error) {
        return (error as InputError).problems[0]!.message;
      }
      return 'none';
    };
    expect(complaint('a (b c')).to.equal('column 7: expected ")" for the "(" at column 3, got the end');
    expect(complaint('a b)')).to.equal('column 4: expected the end, "|" or a word, got )');
    expect(complaint('* a')).to.equal('column 1: expected the end, "|" or a word, got *');
    expect(complaint('a{3,2}')).to.equal('column 2: expected {m,n} with m at most n, got {3,2}');
    expect(complaint('a{5000}')).to.contain('column 2: expected at most 1000 repetitions');
    expect(complaint('[a b]')).to.equal('column 4: expected "|" or "]" in a class of words, got b');
    expect(complaint('[a|]')).to.equal('column 4: expected one word, <TAG> or {list} between the "|" of a class, got ]');
    expect(complaint('["a b"]')).to.contain('column 2: expected one word');
    expect(complaint('a "b')).to.equal('column 3: expected a closing quote after a word, got "b');
    expect(complaint('a {b')).to.equal('column 3: expected a word, or \\ before a sign to take it literally, got {b');
    expect(complaint(`${'('.repeat(200)}a${')'.repeat(200)}`)).to.contain('groups at most 100 deep');
  });

  it('throws only InputErrors, for any text', () => {
    const signs = fc.string({ unit: fc.constantFrom(...Array.from('ab .()|*+?{}[]<>^"\\,1')), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(signs, fc.string()), (text) => {
        for (const parse of [parseWordRegex, parseTemplate])
          try {
            parse(text, splitWords);
          } catch (error) {
            expect(error).to.be.instanceOf(InputError);
          }
      }),
    );
  });
});

describe('a template', () => {
  const same = (template: string, pattern: string) =>
    expect(acceptedBy(parseTemplate(template, splitWords)), template).to.deep.equal(
      acceptedBy(parseWordRegex(pattern, splitWords)),
    );

  it('is a pattern of literal text and gaps', () => {
    same('a _ b.', 'a . b "."');
    same('_:2 {ab}', '.{2} {ab}');
    same('<long> ...', '{long} .*');
    same('... a _:0-1.', '.* a .{0,1} \\.');
    same('_:2- b', '.{2,} b');
    same('a', 'a');
  });

  it('reads escaped gaps as words, and does not change words that contain gap characters', () => {
    const words = (text: string) => mentions(parseTemplate(text, splitWords)).map(({ text: word }) => word);
    expect(words('\\_ \\... \\{ab} a_b _x')).to.deep.equal(splitWords('_ ... {ab} a_b _x'));
    expect(words('"{ab}," b')).to.deep.equal(['"', 'ab', ',', '"', 'b']);
  });

  it('names a gap with invalid bounds', () => {
    expect(() => parseTemplate('a _:4-2', splitWords)).to.throw(
      'column 3: expected a gap of at most 1000 words, the smaller bound first, got _:4-2',
    );
  });
});
