import { expect } from 'chai';
import { InputError } from '../../lib/base/errors.js';
import { infillJudge } from '../../lib/judges/controls/infill.js';
import { lengthJudge } from '../../lib/judges/controls/length.js';
import { posJudge as makePosJudge } from '../../lib/judges/controls/pos.js';
import { type Judge, JudgeUnavailable, type Score } from '../../lib/judges/judge.js';
import type { Parser } from '../../lib/judges/parsers/parser.js';
import { judgesFor } from '../../lib/judges/registry.js';
import { inputErrorOf } from '../config/helpers.js';

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
const scoreOne = async (judge: Judge, text: string, target: unknown): Promise<Score> =>
  (await judge.score([words(text)], [target]))[0]!;
const value = async (judge: Judge, text: string, target: unknown): Promise<number> => (await scoreOne(judge, text, target)).value;

const posJudge = makePosJudge();
const PERFECT = { 'extra words wrong': 1, 'edit similarity': 1 };

describe('the pos judge', () => {
  const tags = words('DET ADJ NOUN AUX ADP DET NOUN PUNCT');
  const text = 'The old bakery is near the bridge .';

  it('gives 1 to a text in which all words have their tags, and 0 if none has', async () => {
    expect(await scoreOne(posJudge, text, { tags })).to.deep.equal({ value: 1, also: PERFECT });
    expect(await scoreOne(posJudge, text, { tags: tags.map(() => 'INTJ') })).to.deep.include({
      value: 0,
      also: { 'extra words wrong': 0, 'edit similarity': 0 },
    });
  });

  it('compares position by position: two swapped words cost two positions', async () => {
    const score = await scoreOne(posJudge, 'The old is bakery near the bridge .', { tags });
    expect(score.value).to.equal(6 / 8);
    expect(score.detail).to.equal('is is AUX, not NOUN; bakery is NOUN, not AUX');
    expect(score.also).to.deep.equal({ 'extra words wrong': 6 / 8, 'edit similarity': 6 / 8 });
    expect(score.marks).to.deep.equal([
      { start: 2, end: 3, note: 'AUX, not NOUN' },
      { start: 3, end: 4, note: 'NOUN, not AUX' },
    ]);
  });

  it('counts positions without a word as wrong, and reports extra words without counting them', async () => {
    expect(await scoreOne(posJudge, 'The old bakery', { tags })).to.deep.include({ value: 3 / 8 });
    expect(await scoreOne(posJudge, '', { tags })).to.deep.include({ value: 0 });
    expect(await scoreOne(posJudge, text, { tags: tags.slice(0, 4) })).to.deep.equal({
      value: 1,
      also: { 'extra words wrong': 1 / 2, 'edit similarity': 0 }, // 4 edits of 4 tags
      detail: '4 extra words',
      marks: [{ start: 4, end: 8, note: 'extra' }],
    });
    const { marks } = await scoreOne(posJudge, 'The old', { tags: tags.slice(0, 3) });
    expect(marks).to.deep.equal([{ start: 2, end: 2, note: 'no word, expected NOUN' }]);
  });

  it('has an edit similarity that forgives a missing word, after which all positions are wrong', async () => {
    const { value, also } = await scoreOne(posJudge, 'The bakery is near the bridge .', { tags });
    expect(value).to.equal(1 / 8);
    expect(also!['edit similarity']).to.equal(7 / 8);
  });

  it('judges Penn tags by the tagger of Stanford CoreNLP only', async () => {
    const tagged: Parser = { parse: async (texts) => texts.map(() => ({ tags: ['DT', 'NN', 'VBZ'], nodes: [] })) };
    const judge = makePosJudge({ parser: { ...tagged, name: 'Stanford CoreNLP' } });
    expect(await value(judge, 'The heron waits', { tags: ['DT', 'NN|NNS', 'VBD'] })).to.equal(2 / 3);
    expect(await value(judge, 'The heron waits', { tags: ['DT', '*', 'VERB'] }), 'each set by its own tagger').to.equal(1);
    for (const other of [posJudge, makePosJudge({ parser: { ...tagged, name: 'embedded parser' } })]) {
      const error = await other.score([['The']], [{ tags: ['DT'] }]).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(JudgeUnavailable);
      expect((error as Error).message).to.contain('Penn tags need');
    }
  });

  it('judges Universal tags by the trees of the given tagger, and Penn tags too if that is Stanford CoreNLP', async () => {
    const asked: string[] = [];
    const parse: Parser['parse'] = async (texts) => {
      asked.push(...texts.map((own) => own.join(' ')));
      const nodes = [
        { label: 'S', start: 0, end: 3 },
        { label: 'NP', start: 0, end: 1 },
        { label: 'VP', start: 1, end: 3 },
        { label: 'ADJP', start: 2, end: 3 },
      ];
      return texts.map(() => ({ tags: ['DT', 'VBZ', 'JJ'], nodes }));
    };
    const tagger = { name: 'Stanford CoreNLP', parse };
    const judge = makePosJudge({ parser: tagger, tagger });
    expect(await value(judge, 'That is xyz', { tags: ['PRON', 'AUX', 'ADJ'] })).to.equal(1);
    expect(await value(judge, 'That is xyz', { tags: ['DT', 'VBZ', 'NOUN'] })).to.equal(2 / 3);
    expect((await scoreOne(judge, 'That is xyz', { tags: ['DET', '*', '*'] })).detail).to.equal('That is PRON, not DET');
    const byWink = makePosJudge({ parser: tagger });
    asked.length = 0;
    await byWink.score([words('The heron waits')], [{ tags: ['DET', 'NOUN', 'VERB'] }]);
    expect(asked, 'a parser of trees does not tag Universal tags').to.deep.equal([]);
    expect(
      [judge, byWink, posJudge, makePosJudge({ parser: tagger, tagger: { name: 'mine', parse } })].map(({ by }) => by),
    ).to.deep.equal([
      'Stanford CoreNLP',
      'wink-nlp (Penn tags: Stanford CoreNLP)',
      'wink-nlp',
      'mine (Penn tags: Stanford CoreNLP)',
    ]);
  });

  it('ignores START before the tags and END after them, and accepts sets and *', async () => {
    expect(await value(posJudge, text, { tags: ['START', ...tags, 'END'] })).to.equal(1);
    expect(await value(posJudge, text, { tags: ['DET', 'VERB|ADJ', '*', 'NOUN|VERB', '*', 'DET', 'NOUN', 'PUNCT'] })).to.equal(
      7 / 8,
    );
    expect(await value(posJudge, 'The', { tags: ['DET', '*'] }), '* needs a word').to.equal(1 / 2);
  });

  it('names every invalid target, and each of its unknown tags', async () => {
    const targets = [{ tags: ['NOON', 'DET', 'VERB|VBZ'] }, { tags }, { tags: 'DET' }, { tags: ['START', 'END'] }, null];
    const error = await inputErrorOf(() =>
      posJudge.score(
        targets.map(() => ['a']),
        targets,
      ),
    );
    expect(error.problems.map(({ path }) => path)).to.deep.equal(['/0/tags/0', '/0/tags/2', '/2/tags', '/3/tags', '/4']);
  });

  it('requires one target per text, and accepts an empty list', async () => {
    expect((await inputErrorOf(() => posJudge.score([['a']], []))).message).to.contain('got 0 for 1 texts');
    expect(await posJudge.score([], [])).to.deep.equal([]);
  });
});

describe('the length judge', () => {
  it('is 1 at the requested length and 0 one word off', async () => {
    for (const [text, expected] of [
      ['a b', 0],
      ['a b .', 1],
      ['a b c .', 0],
    ] as const)
      expect(await value(lengthJudge, text, { length: 3 }), text).to.equal(expected);
    expect(await scoreOne(lengthJudge, 'a b', { length: 3 })).to.deep.equal({
      value: 0,
      also: { 'within 2': 1 },
      detail: '2 words, expected 3',
      marks: [{ start: 2, end: 2, note: '1 word is missing' }],
    });
    expect((await scoreOne(lengthJudge, 'a b c d', { length: 2 })).marks).to.deep.equal([
      { start: 2, end: 4, note: 'extra, expected 2 words' },
    ]);
  });

  it('also counts lengths at most two words off, as the paper does', async () => {
    const near = async (text: string): Promise<unknown> => (await scoreOne(lengthJudge, text, { length: 4 })).also!['within 2'];
    expect(await Promise.all(['a', 'a b', 'a b c d', 'a b c d e f', 'a b c d e f g'].map(near))).to.deep.equal([0, 1, 1, 1, 0]);
  });

  it('accepts both ends of a range, and a range with one end', async () => {
    const inRange = (text: string, length: unknown): Promise<number> => value(lengthJudge, text, { length });
    expect(await Promise.all(['a', 'a b', 'a b c', 'a b c d'].map((t) => inRange(t, { min: 2, max: 3 })))).to.deep.equal([
      0, 1, 1, 0,
    ]);
    expect([await inRange('a b c', { min: 2 }), await inRange('a b c', { max: 2 })]).to.deep.equal([1, 0]);
  });

  it('accepts lengths within the spread of a preference, 2 words by default', async () => {
    const near = (text: string, length: unknown): Promise<number> => value(lengthJudge, text, { length });
    expect(await Promise.all(['a', 'a b', 'a b c d', 'a b c d e'].map((t) => near(t, { about: 3, spread: 1.5 })))).to.deep.equal([
      0, 1, 1, 0,
    ]);
    expect(await Promise.all(['a', 'a b c d e', 'a b c d e f'].map((t) => near(t, { about: 3 })))).to.deep.equal([1, 1, 0]);
  });

  it('refuses a target without a length', async () => {
    for (const length of [undefined, '3', -1, 2.5, {}, { min: 3, max: 2 }, [3], { about: 'ten' }, { about: 3, spread: 0 }])
      expect((await inputErrorOf(() => lengthJudge.score([['a']], [{ length }]))).problems[0]!.path).to.equal('/0/length');
  });
});

describe('the infill judge', () => {
  const judge = infillJudge();

  it('gives the share of given words at their positions, including the end of a closed template', async () => {
    const closed = { template: 'The _ is _:2 .' };
    expect(await scoreOne(judge, 'The bar is quite loud .', closed)).to.deep.equal({ value: 1 });
    expect(await value(judge, 'A bar is quite loud .', closed)).to.equal(3 / 4);
    expect(await scoreOne(judge, 'The bar is loud .', closed)).to.deep.equal({
      value: 2 / 4,
      detail: 'word 6 is missing, not .; 5 words, expected 6',
      marks: [
        { start: 5, end: 5, note: 'no .' },
        { start: 5, end: 5, note: 'expected 6 words' },
      ],
    });
  });

  it('accepts more words after an open template, and still requires the given ones', async () => {
    const open = { template: ['The', '_', 'is', '...'] };
    expect(await value(judge, 'The bar is', open)).to.equal(1);
    expect(await value(judge, 'The bar is by the sea .', open)).to.equal(1);
    expect(await value(judge, 'The bar was by the sea .', open)).to.equal(1 / 2);
  });

  it('splits a template with the given tokenizer', async () => {
    expect(await value(judge, "I do n't go", { template: "I don't _" })).to.equal(1);
    expect(
      await value(
        infillJudge((t) => t.split(' ')),
        "I don't go",
        { template: "I don't _" },
      ),
    ).to.equal(1);
  });

  it('names the problems of each template', async () => {
    const error = await inputErrorOf(() => judge.score([['a'], ['b']], [{ template: ['a', '_:0'] }, {}]));
    expect(error.problems.map(({ path }) => path)).to.deep.equal(['/0/template/1', '/1/template']);
  });
});

describe('judgesFor', () => {
  it('finds the judge of each guide once, and names the guides without one', () => {
    const { judges, unjudged } = judgesFor(['length', 'mood', 'pos', 'length#2', 'length', 'mood']);
    expect([...judges]).to.deep.equal([
      ['length', lengthJudge],
      ['pos', judges.get('pos')],
      ['length#2', lengthJudge],
    ]);
    expect(unjudged).to.deep.equal(['mood']);
  });

  it('refuses two judges for one guide', () => {
    expect(() => judgesFor([], [posJudge, lengthJudge, posJudge])).to.throw(InputError, 'one judge per guide');
  });
});
