import { expect } from 'chai';
import fc from 'fast-check';
import { judgeRun } from '../../lib/evaluate/judge.js';
import { spansJudge } from '../../lib/judges/controls/spans.js';
import { treeJudge } from '../../lib/judges/controls/tree.js';
import type { Score } from '../../lib/judges/judge.js';
import { JudgeUnavailable } from '../../lib/judges/judge.js';
import { evalbBrackets, f1, type Match, matchBrackets } from '../../lib/judges/parsers/bracket-match.js';
import { type Brackets, readBrackets } from '../../lib/judges/parsers/brackets.js';
import { noParser, type Parser, rememberingParser } from '../../lib/judges/parsers/parser.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { inputErrorOf } from '../config/helpers.js';

function brackets(text: string): Brackets {
  const read = readBrackets(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

const wordsOf = (tree: string): string[] => [...tree.matchAll(/ ([^()\s]+)\)/g)].map(([, word]) => word!);

/** A stand-in for a parser: each text is its own bracketing, or one flat X if it is not a bracketing. */
const literally: Parser = {
  parse: async (texts) =>
    texts.map((words) => {
      const read = readBrackets(words.join(' '));
      return typeof read === 'string' ? flat(words) : read;
    }),
};
const flat = (words: readonly string[]): Brackets => ({
  tags: words.map(() => 'NN'),
  nodes: [{ label: 'X', start: 0, end: words.length }],
});
/** A parser that knows the texts of some trees; any other text is one flat X. */
const knowing = (...trees: readonly string[]): Parser => {
  const known = new Map(trees.map((tree) => [wordsOf(tree).join(' '), brackets(tree)]));
  return { parse: async (texts) => texts.map((words) => known.get(words.join(' ')) ?? flat(words)) };
};
const scores = (judge: ReturnType<typeof treeJudge>, trees: readonly string[], targets: readonly unknown[]): Promise<Score[]> =>
  judge.score(
    trees.map((tree) => tree.split(' ')),
    targets,
  );

describe('readBrackets', () => {
  it('counts the words under every node above the tags, outer nodes first', () => {
    expect(brackets('(ROOT (S (NP (DT the) (NN cat)) (VP (VBZ naps)) (. .)))')).to.deep.equal({
      tags: ['DT', 'NN', 'VBZ', '.'],
      nodes: [
        { label: 'S', start: 0, end: 4 },
        { label: 'NP', start: 0, end: 2 },
        { label: 'VP', start: 2, end: 3 },
      ],
    });
  });

  it('accepts several trees, tags as leaves and unlabelled nodes, and removes function tags', () => {
    const sentence = '(S (NP-SBJ (PRP it)) (VP (VBZ naps)))';
    const once = brackets(sentence);
    expect(brackets(`((S (NP=2 PRP X) (VP (VBZ is))))`).nodes.map(({ label }) => label)).to.deep.equal(['S', 'NP', 'VP']);
    expect(brackets(`(ROOT ${sentence} ${sentence})`)).to.deep.equal({
      tags: [...once.tags, ...once.tags],
      nodes: [...once.nodes, ...once.nodes.map(({ label, start, end }) => ({ label, start: start + 2, end: end + 2 }))],
    });
    expect(brackets(`${sentence} ${sentence}`)).to.deep.equal(brackets(`(ROOT ${sentence} ${sentence})`));
    expect(brackets('(NP DT NN)').tags).to.deep.equal(['DT', 'NN']);
  });

  it('describes the error for any invalid text', () => {
    expect(readBrackets('(S (NP (NN a))')).to.equal('column 1: this "(" is never closed, 1 ")" are missing');
    expect(readBrackets('(S (NN a)))')).to.equal('column 11: this ")" closes no node');
    expect(readBrackets('word')).to.equal('column 1: expected "(" before "word"');
    expect(readBrackets('(S ())')).to.equal('column 4: this node has neither words nor children');
    expect(readBrackets('(S (a))')).to.equal('column 4: this node has neither words nor children');
    expect(readBrackets('  ')).to.match(/expected a tree/);
    expect(readBrackets('(A '.repeat(1000))).to.match(/at most 500 nodes/);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('(', ')', 'NP', '-', ' '), { maxLength: 30 }), (pieces) => {
        const read = readBrackets(pieces.join(' '));
        if (typeof read === 'string') return;
        for (const { start, end } of read.nodes) expect(start >= 0 && start <= end && end <= read.tags.length).to.equal(true);
      }),
    );
  });
});

describe('counts of EVALB', () => {
  /** The sample that comes with EVALB (Sekine and Collins, in the public domain): its input, and the counts that it printed. */
  const GOLD = '(S (A (P this)) (B (Q is) (A (R a) (T test))))';
  const SAMPLE: readonly (readonly [string, number, number, number])[] = [
    ['(S (A (P this)) (B (Q is) (A (R a) (T test))))', 4, 4, 4],
    ['(S (A (P this)) (B (Q is) (C (R a) (T test))))', 3, 4, 4],
    ['(S (A (P this)) (B (Q is) (A (R a) (U test))))', 4, 4, 4],
    ['(S (C (P this)) (B (Q is) (A (R a) (U test))))', 3, 4, 4],
    ['(S (A (P this)) (B (Q is) (R a) (A (T test))))', 3, 4, 4],
    ['(S (A (P this) (Q is)) (A (R a) (T test)))', 2, 4, 3],
    ['(S (P this) (Q is) (R a) (T test))', 1, 4, 1],
    ['(P this) (Q is) (R a) (T test)', 0, 4, 0],
    ['(S (A (P this)) (B (Q is) (A (A (R a) (T test)))))', 4, 4, 5],
    ['(S (A (P this)) (B (Q is) (A (A (A (A (A (R a) (T test))))))))', 4, 4, 8],
    ['(TOP (S (A (P this)) (B (Q is) (A (R a) (T test)))))', 4, 4, 4],
  ];
  const against = (gold: string, test: string): Match =>
    matchBrackets(evalbBrackets(brackets(gold)), evalbBrackets(brackets(test)));

  it('equal those that EVALB prints for its own sample', () => {
    for (const [test, matched, gold, found] of SAMPLE)
      expect(against(GOLD, test), test).to.deep.equal({ matched, gold, test: found });
    expect(against('(S (A-SBJ-1 (P this)) (B-WHATEVER (Q is) (A (R a) (T test))))', GOLD).matched).to.equal(4);
    expect(against('(S (A (P this)) (: *))', '(S (A (P this)) (: *))')).to.deep.equal({ matched: 2, gold: 2, test: 2 });
  });

  it('leave out punctuation, and nodes with only punctuation', () => {
    const plain = '(S (NP (NN tea)) (VP (VBZ helps)))';
    expect(against(plain, '(S (NP (NN tea)) (PRN (, ,) (: -)) (VP (VBZ helps)) (. .))')).to.deep.equal({
      matched: 3,
      gold: 3,
      test: 3,
    });
  });

  it('treat PRT as ADVP', () => {
    expect(against('(VP (VB go) (PRT (RP on)))', '(VP (VB go) (ADVP (RP on)))').matched).to.equal(2);
  });
});

describe('the tree judge', () => {
  const judge = treeJudge(literally);
  const gold = '(S (NP (DT the) (NN cat)) (VP (VBZ naps)) (. .))';

  it('gives 1 to the tree itself, whatever its words', async () => {
    const tree = gold.replace('cat', 'dog');
    expect(await treeJudge(knowing(gold)).score([wordsOf(gold)], [{ tree }])).to.deep.equal([
      { value: 1, also: { 'EVALB F1': { part: 6, whole: 6 }, 'cut or filled': { part: 6, whole: 6 } } },
    ]);
  });

  it('gives a permuted tree the score computed by hand', async () => {
    // S 0-4 stays; NP 0-2 and VP 2-3 become VP 0-1 and NP 1-3: one of three in both trees.
    const [score] = await scores(judge, ['(S (VP (VBZ naps)) (NP (DT the) (NN cat)) (. .))'], [{ tree: gold }]);
    expect(score!.value).to.be.closeTo(1 / 3, 1e-12);
    expect(score!.detail).to.match(/^no NP over .*; no VP over .*; extra VP over .*; extra NP over /);
  });

  it('counts punctuation, which EVALB does not', async () => {
    // Without its full stop the text has S 0-3 instead of S 0-4: two of three; EVALB sees the same three brackets.
    const [score] = await scores(judge, ['(S (NP (DT the) (NN cat)) (VP (VBZ naps)))'], [{ tree: gold }]);
    expect(score!.value).to.be.closeTo(2 / 3, 1e-12);
    expect(score!.also!['EVALB F1']).to.deep.equal({ part: 6, whole: 6 });
  });

  it('also counts as the original code does: with the text cut or padded, and punctuation as words', async () => {
    const counted = async (text: string, tree: string): Promise<Score['also']> =>
      (await treeJudge(knowing(text, gold)).score([wordsOf(text)], [{ tree }]))[0]!.also;
    const short = await counted('(S (NP (DT the) (NN cat)) (VP (VBZ naps)))', gold);
    expect(short!['cut or filled'], 'filled, it parses as the target does').to.deep.equal({ part: 6, whole: 6 });
    const long = await counted('(X (DT the) (NN cat) (VBZ naps) (. .) (NN so) (. .))', gold);
    expect(long!['cut or filled'], 'cut, too').to.deep.equal({ part: 6, whole: 6 });
    expect(long!['EVALB F1']).to.deep.equal({ part: 0, whole: 4 });
    const comma = '(S (NP (DT the) (, ,)) (VP (NN cat) (VBZ naps)))'; // NP 0-2 and VP 2-4 where EVALB sees NP 0-1 and VP 1-3
    const also = await counted(comma, '(S (NP (DT a) (NN b)) (VP (VBZ c) (RB d)))');
    expect(also).to.deep.equal({ 'EVALB F1': { part: 0, whole: 6 }, 'cut or filled': { part: 6, whole: 6 } });
  });

  it('marks missing and extra constituents at their words', async () => {
    const text = '(S (NP (DT the) (NN cat)) (ADVP (RB here)) (. .))';
    const [score] = await treeJudge(knowing(text)).score([wordsOf(text)], [{ tree: gold }]);
    expect(score!.marks).to.deep.equal([
      { start: 2, end: 3, note: 'no VP' },
      { start: 2, end: 3, note: 'extra ADVP' },
    ]);
  });

  it('counts a repeated node as often as it occurs', () => {
    const twice = brackets('(NP (NP (NN a) (NN b)))').nodes;
    const once = brackets('(NP (NN a) (NN b))').nodes;
    expect(f1(matchBrackets(twice, once))).to.be.closeTo(2 / 3, 1e-12);
    expect(f1(matchBrackets(once, twice))).to.be.closeTo(2 / 3, 1e-12);
  });

  it('accepts several sentences, one per string or together', async () => {
    const two = [gold, gold];
    const text = `(ROOT ${gold}) (ROOT ${gold})`;
    const all = await scores(judge, [text, text], [{ tree: two }, { tree: two.join(' ') }]);
    expect(all.map(({ value }) => value)).to.deep.equal([1, 1]);
  });

  it('compares only the nodes of a partial tree, and leaves it out of the EVALB counts', async () => {
    const part = { tree: '(S (NP (NN x)) (VP (VB y)))', part: true };
    const all = await scores(
      judge,
      ['(S (NP (NN a)) (VP (VB b))) (S (NP (NN c)))', '(S (NP (NN a)) (VP (VB b) (NP (NN c))))'],
      [part, part],
    );
    expect(all[0]!.value).to.equal(1);
    expect(all[1]!.value).to.be.closeTo(1 / 3, 1e-12); // the second has the NP; its S and VP are longer
    expect(all[1]!.also).to.deep.equal({ 'EVALB F1': { part: 0, whole: 0 }, 'cut or filled': { part: 0, whole: 0 } });
  });

  it('sums brackets over texts for EVALB, and averages F1 otherwise', async () => {
    const texts = ['(S (NN a))', '(S (NP (NN a)) (VP (VB b)))'].map((text) => text.split(' '));
    const targets = ['(S (NN a))', '(S (NP (NN a)) (XP (VB b)))'].map((tree) => ({ tree }));
    const lines = texts.map((tokens, i): SampleLine => ({
      ...{ id: `${i}-0`, target: { i }, sample: 0, tokens, text: '', guides: {}, seed: 1 },
    }));
    const { guides } = await judgeRun(lines, {
      judges: [judge],
      options: targets.map((tree) => ({ tree })),
      referenceOf: ({ i }) => (i === 1 ? texts[0]! : undefined),
    });
    const { score, also, ...rest } = guides['tree']!;
    expect(score.mean).to.be.closeTo((1 + 2 / 3) / 2, 1e-12);
    expect(also['EVALB F1']!.mean).to.be.closeTo((2 * 3) / (4 + 4), 1e-12);
    // The reference of the second target is the first text, S 0-1 against S 0-2, NP 0-1, XP 1-2: nothing matches.
    expect(rest).to.deep.include({ texts: 2, ceiling: 0 });
  });

  it('names every invalid target', async () => {
    const error = await inputErrorOf(() =>
      judge.score([[], [], [], []], [{ tree: gold }, { tree: '(S' }, { tree: [gold, '(S ())'] }, {}]),
    );
    expect(error.problems.map(({ path }) => path)).to.deep.equal(['/1/tree', '/2/tree/1', '/3/tree']);
  });
});

describe('the spans judge', () => {
  const judge = spansJudge(literally);
  const tree = '(ROOT (S (NP (PRP it)) (VP (VBZ is) (S (VP (VBG going) (PP (IN by) (NP (NN sea))))))))';
  const spans = (...list: unknown[]) => ({ spans: list });
  const values = async (target: unknown): Promise<[number, unknown]> => {
    const [score] = await scores(judge, [tree], [target]);
    return [score!.value, score!.also!['whole chain']];
  };

  it('finds a label that covers exactly its words', async () => {
    expect(await values(spans([0, 0, 'NP'], [3, 4, 'PP'], [0, 4, 'S']))).to.deep.equal([1, 1]);
    expect(await values(spans([0, 1, 'NP']))).to.deep.equal([0, 0]);
    expect(await values(spans([3, 4, 'NP'], [4, 4, 'NP']))).to.deep.equal([1 / 2, 1 / 2]);
  });

  it('requires all labels of a chain in order, and counts whole chains separately', async () => {
    expect(await values(spans([2, 4, 'S::VP']))).to.deep.equal([1, 1]);
    expect(await values(spans([2, 4, 'VP']))).to.deep.equal([1, 0]);
    expect(await values(spans([2, 4, 'VP::S']))).to.deep.equal([0, 0]);
    expect(await values(spans([0, 0, 'S::NP']))).to.deep.equal([0, 0]);
  });

  it('names the constituents found in place of a span', async () => {
    const sentence: Parser = { parse: async () => [brackets('(S (NP (NN tea)) (VP (VBZ helps)))')] };
    const [score] = await spansJudge(sentence).score([['tea', 'helps']], [spans([1, 1, 'NP'], [0, 7, 'S'])]);
    expect(score!.detail).to.equal('"helps" (1 to 1) is VP, not NP; "tea helps" (0 to 7) is no constituent, not S');
    expect(score!.marks).to.deep.equal([
      { start: 1, end: 2, note: 'VP, not NP' },
      { start: 0, end: 2, note: 'no constituent, not S' },
    ]);
  });

  it('names every invalid span', async () => {
    const targets = [spans(), spans([0, 1, 'NP'], [2, 1, 'NP'], [0, 1]), spans([0, 0, ''], ['0', 1, 'NP']), {}];
    const error = await inputErrorOf(() => judge.score([[], [], [], []], targets));
    expect(error.problems.map(({ path }) => path)).to.deep.equal([
      '/0/spans',
      '/1/spans/1',
      '/1/spans/2',
      '/2/spans/0',
      '/2/spans/1',
      '/3/spans',
    ]);
  });
});

describe('parsers', () => {
  it('are missed by the judges with a clear message', async () => {
    const error: unknown = await treeJudge(noParser('bring a parser'))
      .score([['a']], [{ tree: '(S (NN a))' }])
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(JudgeUnavailable).with.property('message', 'bring a parser');
  });

  it('parse each text once, on repeated requests too', async () => {
    const asked: string[] = [];
    const parser = rememberingParser({
      parse: async (texts) => {
        asked.push(...texts.map((words) => words.join(' ')));
        return literally.parse(texts);
      },
    });
    const [a, b] = ['(S (NN a))', '(NP (NN b))'].map((text) => text.split(' ')) as [string[], string[]];
    expect((await parser.parse([a, b, a])).map(({ nodes }) => nodes[0]!.label)).to.deep.equal(['S', 'NP', 'S']);
    expect((await parser.parse([b])).map(({ nodes }) => nodes[0]!.label)).to.deep.equal(['NP']);
    expect(asked).to.deep.equal(['(S (NN a))', '(NP (NN b))']);
  });
});
