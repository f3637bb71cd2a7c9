import { expect } from 'chai';
import fc from 'fast-check';
import { constituentsOf, type PennTree, readBracketing, tagsOfTrees, writeBracketing } from '../../lib/text/penn-tree.js';

const read = (text: string): readonly PennTree[] => {
  const trees = readBracketing(text);
  if ('message' in trees) throw new Error(`column ${trees.column}: ${trees.message}`);
  return trees;
};
const spans = (text: string) => constituentsOf(read(text)).map(({ start, end, label }) => `${start} ${end} ${label}`);
const failure = (text: string) => {
  const trees = readBracketing(text);
  if (!('message' in trees)) throw new Error(`${text} was read`);
  return `${trees.column}: ${trees.message}`;
};

describe('Penn bracketings', () => {
  it('give the constituents of a text, outer ones first, and its tags', () => {
    const tree = '(ROOT (S (NP (DT The) (NN heron)) (VP (VBZ waits) (PP (IN by) (NP (DT the) (NN pond)))) (. .)))';
    expect(spans(tree)).to.deep.equal(['0 6 S', '0 1 NP', '2 5 VP', '3 5 PP', '4 5 NP']);
    expect(tagsOfTrees(read(tree))).to.deep.equal(['DT', 'NN', 'VBZ', 'IN', 'DT', 'NN', '.']);
  });

  it('join nodes over the same words into a chain, also over a single word', () => {
    expect(spans('(ROOT (FRAG (NP (NP (NNP Anna)) (, ,) (ADJP (JJ tall)))))')).to.deep.equal([
      '0 2 FRAG::NP',
      '0 0 NP',
      '2 2 ADJP',
    ]);
    expect(spans('(S (VP (VB Sing)))')).to.deep.equal(['0 0 S::VP']);
  });

  it('may be several, in one string or under an unlabelled root', () => {
    expect(spans('(S (NP (PRP It)) (VP (VBZ rains)))\n(S (NP (PRP We)) (VP (VBP wait)))')).to.deep.equal([
      ...['0 1 S', '0 0 NP', '1 1 VP'],
      ...['2 3 S', '2 2 NP', '3 3 VP'],
    ]);
    expect(spans('((NP (DT a) (NN pond)))')).to.deep.equal(['0 1 NP']);
  });

  it('lose function tags, and keep tags that start with a dash', () => {
    expect(spans('(S (NP-SBJ=2 (DT a) (NN pond)) (-LRB- -LRB-))')).to.deep.equal(['0 2 S', '0 1 NP']);
    expect(tagsOfTrees(read('(X (-LRB- -LRB-) (PRP$ its))'))).to.deep.equal(['-LRB-', 'PRP$']);
  });

  it('may have words that are their own tags', () => {
    expect(tagsOfTrees(read('(S (NP DT NN) (VP VBZ (ADJP JJ JJ)))'))).to.deep.equal(['DT', 'NN', 'VBZ', 'JJ', 'JJ']);
    expect(spans('(S (NP DT NN) VBZ)')).to.deep.equal(['0 2 S', '0 1 NP']);
  });

  it('are refused with the column of the error', () => {
    expect(failure('(S (NP (DT a) (NN pond))')).to.equal('1: this "(" is never closed, 1 ")" are missing');
    expect(failure('(S (NP (DT a) (NN pond))) )')).to.equal('27: this ")" closes no node');
    expect(failure('heron')).to.equal('1: expected "(" before "heron"');
    expect(failure('(S (NP) (VB go))')).to.equal('4: this node has neither words nor children');
    expect(failure('(S (()))')).to.equal('5: this node has neither words nor children');
    expect(failure('  ')).to.match(/^1: expected a tree such as /);
    expect(failure('('.repeat(600))).to.equal('501: expected at most 500 nodes inside each other');
    expect(failure(' '.repeat(100_001))).to.match(/^100001: expected at most 100000 characters/);
  });

  const label = fc.constantFrom('S', 'NP', 'VP', 'PP', 'ADJP');
  const tag = fc.record({
    label: fc.constantFrom('DT', 'NN', '.', '-LRB-'),
    word: fc.stringMatching(/^[a-z.]{1,5}$/),
    children: fc.constant([]),
  });
  const { tree } = fc.letrec<{ tree: PennTree; node: PennTree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 6, withCrossShrink: true }, tag, tie('node')),
    node: fc.record({ label, children: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
  }));

  it('round-trip', () =>
    fc.assert(fc.property(tree, (node) => void expect(read(writeBracketing([node]))).to.deep.equal([node]))));

  it('fail only with a message and a column inside the text', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('(', ')', ' ', 'NP', 'a-b', '-', '*', '\u{1f986}'), { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const trees = readBracketing(text);
        if ('message' in trees) expect(trees.column).to.be.within(1, Math.max(1, text.length));
        else for (const { start, end } of constituentsOf(trees)) expect(end).to.be.within(start, tagsOfTrees(trees).length - 1);
      }),
    ));
});
