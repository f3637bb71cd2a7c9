import { expect } from 'chai';
import fc from 'fast-check';
import { compileExpression, accepts, expressionOf } from '../../lib/automaton/index.js';
import { InputError } from '../../lib/base/errors.js';
import { splitWords } from '../../lib/text/split-words.js';
import { mentions, parseWordPattern, type WordPattern } from '../../lib/text/word-regex.js';
import { parseTypedTemplate } from '../../lib/text/template.js';
import { sequences } from '../automaton/helpers.js';

const WORDS = ['a', 'b', '.'];
const LISTS: Readonly<Record<string, readonly string[][]>> = { ab: [['a'], ['b']], long: [['a', 'b'], ['.']] };

/** Where a match may end, by the words themselves: backtracking over all ways, and nothing of an automaton. */
function endsOf(pattern: WordPattern, text: readonly string[], from: number): Set<number> {
  const hasWord = from < text.length;
  const join = (ends: Iterable<number>, part: WordPattern) => new Set([...ends].flatMap((end) => [...endsOf(part, text, end)]));
  const phrase = (words: readonly string[]) => (words.every((word, i) => text[from + i] === word) ? [from + words.length] : []);
  switch (pattern.kind) {
    case 'word':
      return new Set(phrase([pattern.word]));
    case 'any':
      return new Set(hasWord ? [from + 1] : []);
    case 'class': {
      const phrases = pattern.items.flatMap(({ kind, text: name }) => (kind === 'word' ? [[name]] : LISTS[name]!));
      if (!pattern.negated) return new Set(phrases.flatMap(phrase));
      return new Set(hasWord && !phrases.some((words) => words.length === 1 && words[0] === text[from]) ? [from + 1] : []);
    }
    case 'sequence':
      return pattern.parts.reduce((ends, part) => join(ends, part), new Set([from]));
    case 'choice':
      return new Set(pattern.parts.flatMap((part) => [...endsOf(part, text, from)]));
    case 'repeat': {
      const all = new Set<number>();
      let ends = new Set([from]);
      for (let n = 0; n <= Math.min(pattern.max, pattern.min + text.length + 1); n++) {
        if (n >= pattern.min) ends.forEach((end) => all.add(end));
        ends = join(ends, pattern.part);
      }
      return all;
    }
  }
}

const texts = sequences(WORDS.length, 4).map((text) => text.map((i) => WORDS[i]!));

/** The texts of at most four words that an automaton of the pattern accepts. */
function acceptedBy(pattern: WordPattern): string[] {
  const ids = (word: string) => [WORDS.indexOf(word)];
  const meanings = { any: [0, 1, 2], word: ids, name: (name: string) => LISTS[name]!.map((phrase) => phrase.map(ids)) };
  const automaton = compileExpression(expressionOf(pattern, meanings), WORDS.length);
  return texts
    .filter((text) =>
      accepts(
        automaton,
        text.map((word) => WORDS.indexOf(word)),
      ),
    )
    .map((text) => text.join(' '));
}

/** Patterns as a person writes them, each beside the JavaScript regular expression that says the same of words with a space before each. */
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

describe('a pattern over words', () => {
  it('accepts what a regular expression of JavaScript and a backtracking matcher accept', () => {
    fc.assert(
      fc.property(written, ({ pattern, regex }) => {
        const parsed = parseWordPattern(pattern, splitWords);
        const byJavaScript = texts.filter((text) => new RegExp(`^${regex}$`).test(text.map((word) => ` ${word}`).join('')));
        const byBacktracking = texts.filter((text) => endsOf(parsed, text, 0).has(text.length));
        expect(acceptedBy(parsed), pattern).to.deep.equal(byJavaScript.map((text) => text.join(' ')));
        expect(byBacktracking).to.deep.equal(byJavaScript);
      }),
      { numRuns: 300 },
    );
  });

  it('splits literals as the tokenizer does, escapes and quotes its signs, and says where its words stand', () => {
    const words = (text: string) =>
      mentions(parseWordPattern(text, splitWords)).map(({ text: word, column }) => `${column} ${word}`);
    expect(words("don't pay, (£20-25)\\.")).to.deep.equal(['1 do', "1 n't", '7 pay', '7 ,', '13 £', '13 20', '13 -', '13 25', '20 .']); // prettier-ignore
    expect(words('"city centre" \\[ \\<b\\> [x|<ADJ>]')).to.deep.equal(['1 city', '1 centre', '15 [', '18 <', '18 b', '18 >', '25 x', '27 ADJ']); // prettier-ignore
    expect(acceptedBy(parseWordPattern('a|', splitWords))).to.deep.equal(['', 'a']);
  });

  it('says at which column it went wrong, and what was expected', () => {
    const complaint = (text: string) => {
      try {
        parseWordPattern(text, splitWords);
      } catch (error) {
        return (error as InputError).problems[0]!.message;
      }
      return 'none';
    };
    expect(complaint('a (b c')).to.equal('column 7: expected ")" for the "(" at column 3, got the end');
    expect(complaint('a b)')).to.equal('column 4: expected the end, "|" or a word, got )');
    expect(complaint('* a')).to.equal('column 1: expected the end, "|" or a word, got *');
    expect(complaint('a{3,2}')).to.equal('column 2: expected {m,n} with m at most n, got 3 and 2, got {3,2}');
    expect(complaint('a{5000}')).to.contain('column 2: expected at most 1000 repetitions');
    expect(complaint('[a b]')).to.equal('column 4: expected "|" or "]" in a class of words, got b');
    expect(complaint('[a|]')).to.equal('column 4: expected one word, <TAG> or {list} between the "|" of a class, got ]');
    expect(complaint('["a b"]')).to.contain('column 2: expected one word');
    expect(complaint('a "b')).to.equal('column 3: expected a closing quote behind a word, got "b');
    expect(complaint('a {b')).to.equal('column 3: expected a word, or \\ before a sign that shall stand for itself, got {b');
    expect(complaint(`${'('.repeat(200)}a${')'.repeat(200)}`)).to.contain('groups at most 100 deep');
  });

  it('throws nothing but InputErrors, whatever is written', () => {
    const signs = fc.string({ unit: fc.constantFrom(...Array.from('ab .()|*+?{}[]<>^"\\,1')), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(signs, fc.string()), (text) => {
        for (const parse of [parseWordPattern, parseTypedTemplate])
          try {
            parse(text, splitWords);
          } catch (error) {
            expect(error).to.be.instanceOf(InputError);
          }
      }),
    );
  });
});

describe('a typed template', () => {
  const same = (template: string, pattern: string) =>
    expect(acceptedBy(parseTypedTemplate(template, splitWords)), template).to.deep.equal(
      acceptedBy(parseWordPattern(pattern, splitWords)),
    );

  it('is a pattern: text as it stands, and gaps', () => {
    same('a _ b.', 'a . b "."');
    same('_:2 {ab}', '.{2} {ab}');
    same('<long> ...', '{long} .*');
    same('... a _:0-1.', '.* a .{0,1} \\.');
    same('_:2- b', '.{2,} b');
    same('a', 'a');
  });

  it('writes its gaps as words behind a backslash, and leaves words alone that hold their signs', () => {
    const words = (text: string) => mentions(parseTypedTemplate(text, splitWords)).map(({ text: word }) => word);
    expect(words('\\_ \\... \\{ab} a_b _x')).to.deep.equal(splitWords('_ ... {ab} a_b _x'));
    expect(words('"{ab}," b')).to.deep.equal(['"', 'ab', ',', '"', 'b']);
  });

  it('names a gap whose bounds are wrong', () => {
    expect(() => parseTypedTemplate('a _:4-2', splitWords)).to.throw(
      'column 3: expected a gap of at most 1000 words, the smaller bound first, got _:4-2',
    );
  });
});
