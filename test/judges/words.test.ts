import { expect } from 'chai';
import fc from 'fast-check';
import type { InputError } from '../../lib/base/errors.js';
import { regexJudge, templateJudge } from '../../lib/judges/controls/regex.js';
import { wordsJudge } from '../../lib/judges/controls/words.js';
import type { Judge, Score } from '../../lib/judges/judge.js';

const scoreOne = async (judge: Judge, text: string, target: unknown): Promise<Score> =>
  (await judge.score([text.split(' ').filter((word) => word !== '')], [target]))[0]!;

async function paths(job: Promise<unknown>): Promise<string[]> {
  const error: unknown = await job.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return (error as InputError).problems.map(({ path }) => path);
}

describe('the words judge', () => {
  const judge = wordsJudge();
  const text = 'The old heron waits by the old mill .';
  const value = async (target: unknown): Promise<number> => (await scoreOne(judge, text, target)).value;

  it('marks banned and wrong words at their positions, and missing ones at the end', async () => {
    const target = { all: ['bridge'], none: ['old', 'sea'], at: [{ position: 1, word: 'grey heron' }] };
    expect((await scoreOne(judge, text, target)).marks).to.deep.equal([
      { start: 9, end: 9, note: 'lacks "bridge"' },
      { start: 1, end: 2, note: 'banned' },
      { start: 6, end: 7, note: 'banned' },
      { start: 1, end: 3, note: 'not "grey heron"' },
    ]);
  });

  it('counts each condition separately', async () => {
    expect(await value({ all: ['heron', 'old mill'] })).to.equal(1);
    expect(await value({ all: ['heron', 'old bridge', 'mill old'] })).to.equal(1 / 3);
    expect(await value({ any: ['bridge', 'old mill'] })).to.equal(1);
    expect(await value({ none: ['bridge', 'mill', 'heron mill'] })).to.equal(2 / 3);
    expect(
      await value({
        at: [
          { position: 1, word: 'old heron' },
          { position: 2, word: 'old' },
        ],
      }),
    ).to.equal(1 / 2);
    expect(await value({ all: ['waits'], any: ['bridge'], none: ['heron'], at: [{ position: 8, word: '.' }] })).to.equal(1 / 2);
    expect(await value({ at: [{ position: 8, word: '. Then' }] })).to.equal(0);
  });

  it('is case-sensitive unless told otherwise', async () => {
    expect(await value({ all: ['the old heron'] })).to.equal(0);
    expect(await value({ all: ['the OLD heron'], ignoreCase: true })).to.equal(1);
  });

  it('describes broken conditions, and names every invalid target', async () => {
    const { detail } = await scoreOne(judge, text, {
      all: ['bridge'],
      any: ['a', 'b c'],
      none: ['mill'],
      at: [{ position: 0, word: 'A' }],
    });
    expect(detail).to.equal('lacks "bridge"; lacks any of "a", "b c"; has "mill"; has no "A" at 0');
    const targets = [{ all: 'heron' }, {}, { none: [' '], at: [{ word: 'x' }] }];
    expect(await paths(judge.score([[], [], []], targets))).to.deep.equal(['/0/all', '/1', '/2/none', '/2/at']);
  });
});

describe('the regex judge', () => {
  const judge = regexJudge();
  const matches = async (pattern: string, text: string, more: object = {}): Promise<boolean> =>
    (await scoreOne(judge, text, { pattern, ...more })).value === 1;

  it('supports every operator', async () => {
    for (const [pattern, yes, no] of [
      ['the mill', ['the mill'], ['the', 'the mill .', 'the old mill', 'The mill']],
      ['the . mill', ['the old mill'], ['the mill']],
      ['a* b+ c?', ['b', 'a a b b c'], ['a', 'b c c']],
      ['a{2} b{1,2} c{1,}', ['a a b c', 'a a b b c c c'], ['a b c', 'a a b b b c', 'a a b']],
      ['(a b|c)+ d', ['a b d', 'c a b d'], ['a d', 'b d', 'd']],
      ['[a|b] [^a|b]', ['a c', 'b d'], ['a a', 'c c', 'a']],
      ['"a b" \\. \\*', ['a b . *'], ['a b']],
      ['family-friendly', ['family - friendly'], ['family-friendly']],
      ['a | b | ', ['a', 'b', ''], ['a b']],
      ['.*', ['', 'x y'], []],
    ] as const) {
      for (const text of yes) expect(await matches(pattern, text), `${pattern}: ${text}`).to.equal(true);
      for (const text of no) expect(await matches(pattern, text), `${pattern}: ${text}`).to.equal(false);
    }
  });

  it('accepts named lists of phrases, also inside classes, and ignores case if asked to', async () => {
    const lists = { animal: ['heron', 'old heron'] };
    expect(await matches('The {animal} waits', 'The old heron waits', { lists })).to.equal(true);
    expect(await matches('The <animal> waits', 'The heron waits', { lists })).to.equal(true);
    expect(await matches('The {animal} waits', 'The old waits', { lists })).to.equal(false);
    expect(await matches('[^{animal}|owl]', 'owl', { lists })).to.equal(false);
    expect(await matches('[^{animal}|owl]', 'crow', { lists })).to.equal(true);
    expect(await matches('[^{animal}] .', 'old heron', { lists }), 'only begins a phrase of the list').to.equal(true);
    expect(await matches('[^{animal}] .', 'heron waits', { lists }), 'is a phrase of the list').to.equal(false);
    expect(await matches('the {animal}', 'THE HERON', { lists, ignoreCase: true })).to.equal(true);
  });

  it('tags by wink, and also judges by the words alone', async () => {
    const target = { pattern: 'The <ADJ> <NOUN> .*' };
    expect(await scoreOne(judge, 'The old bakery is near .', target)).to.deep.equal({ value: 1, also: { 'tags aside': 1 } });
    expect(await scoreOne(judge, 'The bakery old is near .', target)).to.deep.include({ value: 0, also: { 'tags aside': 1 } });
    expect(await scoreOne(judge, 'A old bakery', target)).to.deep.include({ value: 0, also: { 'tags aside': 0 } });
  });

  it('agrees with JavaScript on one-letter words', async () => {
    const atom = fc.constantFrom('a', 'b', '.', '[a|b]', '[^a]');
    const expression = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof(
        { depthSize: 'small' },
        atom,
        fc.tuple(tie('e'), tie('e')).map(([x, y]) => `${x} ${y}`),
        fc.tuple(tie('e'), tie('e')).map(([x, y]) => `(${x}|${y})`),
        fc.tuple(tie('e'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{2,}')).map(([x, sign]) => `(${x})${sign}`),
      ),
    })).e;
    const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(expression, words, async (pattern, text) => {
        const same = new RegExp(`^(?:${pattern.replaceAll(' ', '').replaceAll('[a|b]', '[ab]')})$`).test(text.join(''));
        expect(await matches(pattern, text.join(' '))).to.equal(same);
      }),
      { numRuns: 300 },
    );
  });

  it('marks the word at which a text departs from the regex, surplus words, and the position of missing words', async () => {
    const lists = { animal: ['heron', 'old heron'] };
    for (const [pattern, text, start, end, note] of [
      ['the (old|green) mill', 'the grey mill', 1, 2, 'expected "old" or "green"'],
      ['the mill', 'the mill is old', 2, 4, 'after the end of the pattern'],
      ['the mill is', 'the mill', 2, 2, 'expected "is"'],
      ['the mill (is .)*', 'the mill near', 2, 3, 'expected "is" or the end'],
      ['a {animal} waits', 'a old owl waits', 2, 3, 'expected "heron"'],
      ['. [^a|{animal}]', 'an heron', 1, 2, 'expected another word'],
      ['(a|b|c|d|e) f', 'g', 0, 1, 'expected "a" or "b" or "c" or "d" or others'],
      ['.{3}', '', 0, 0, 'expected a word'],
      ['The <NOUN> .', 'The is', 1, 2, 'expected <NOUN>'],
    ] as const) {
      const { marks, detail } = await scoreOne(judge, text, { pattern, lists });
      expect(marks, `${pattern}: ${text}`).to.deep.equal([{ start, end, note }]);
      expect(detail).to.equal(`the text leaves the pattern at word ${start + 1}: ${note}`);
    }
  });

  it('marks the end of the longest prefix that some text of the regex has', async () => {
    const letters = ['a', 'b', 'c'];
    const textsUpTo = (length: number): string[][] =>
      length === 0 ? [[]] : [[], ...textsUpTo(length - 1).flatMap((text) => letters.map((letter) => [letter, ...text]))];
    const all = textsUpTo(5);
    for (const pattern of ['a b* c', '(a b|a c c)+', '(a|b a){2}', 'a? (b|c [^b])', '[^a]{1,3} a', '(a b?){1,2} c?']) {
      const language = (await judge.score(all, all.map(() => ({ pattern })))).flatMap(({ value }, i) => (value === 1 ? [all[i]!] : [])); // prettier-ignore
      const short = all.filter(({ length }) => length <= 3);
      const scores = await judge.score(short, short.map(() => ({ pattern }))); // prettier-ignore
      scores.forEach(({ marks }, t) => {
        if (!marks) return;
        const goesOn = (n: number) => language.some((text) => short[t]!.slice(0, n).every((word, i) => text[i] === word));
        const longest = [3, 2, 1, 0].find((n) => n <= short[t]!.length && goesOn(n));
        expect(marks[0]!.start, `${pattern}: ${short[t]!.join(' ')}`).to.equal(longest);
      });
    }
  });

  it('is fast on patterns that make backtracking explode', async () => {
    expect(await matches('((.*)*)* x', 'a '.repeat(200).trim())).to.equal(false);
    expect(await matches('(()|a?){1000} b', 'a b')).to.equal(true);
  });

  it('names every invalid pattern', async () => {
    const patterns = ['(a', 'a)', '[a', '[a b]', '<NOUNS>', '"a', '* a', '^', 3];
    const targets = [...patterns.map((pattern) => ({ pattern })), { pattern: 'a', lists: { b: 'c' } }];
    expect(
      await paths(
        judge.score(
          targets.map(() => []),
          targets,
        ),
      ),
    ).to.deep.equal([...patterns.map((_, i) => `/${i}/pattern`), `/${patterns.length}/lists`]);
  });
});

describe('the template judge', () => {
  const judge = templateJudge();
  const fits = async (template: string, text: string, more: object = {}): Promise<boolean> =>
    (await scoreOne(judge, text, { template, ...more })).value === 1;

  it('fills every kind of gap', async () => {
    const lists = { animal: ['heron', 'old heron'] };
    expect(await fits('The {animal} is _:1-3, and ... .', 'The old heron is very quiet , and it waits .', { lists })).to.equal(
      true,
    );
    expect(await fits('The {animal} is _:1-3, and ... .', 'The heron is , and it waits .', { lists })).to.equal(false);
    expect(await fits('The _ is _:2', 'The mill is very old')).to.equal(true);
    expect(await fits('The _ is _:2', 'The mill is old')).to.equal(false);
    expect(await fits('_:2- mill', 'a very old mill')).to.equal(true);
    expect(await fits('_:2- mill', 'a mill')).to.equal(false);
    expect(await fits('The <ADJ> bakery is near .', 'The old bakery is near .')).to.equal(true);
  });

  it('treats an escaped gap and the operators of expressions as text', async () => {
    expect(await fits('Say \\_ (or "\\...")', 'Say _ ( or " ... " )')).to.equal(true);
    expect(await fits('a* [b|c]', 'a * [ b | c ]')).to.equal(true);
    expect(await fits('a* [b|c]', 'a a b')).to.equal(false);
  });

  it('names every invalid template', async () => {
    expect(await paths(judge.score([[], []], [{ template: 3 }, { template: 'a', lists: 4 }]))).to.deep.equal([
      '/0/template',
      '/1/lists',
    ]);
  });
});
