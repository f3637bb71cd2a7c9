import type { Static } from '@sinclair/typebox';
import { expect } from 'chai';
import { countShapes } from '../../guidance/parts/tree-shape.js';
import tree from '../../guidance/tree.js';
import { tf } from '../../lib/engine/index.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

const classes = ['no word', 'no constituent', 'other', 'NP', 'VP', 'S', 'ADJP'];
const [words, tags] = ['The heron sleeps .'.split(' '), 'DT NN VBZ .'.split(' ')];
const parsed: AnnotatedRow = {
  words,
  sentences: [{ words, tags, upos: tags, tree: '(S (NP (DT The) (NN heron)) (VP (VBZ sleeps)) (. .))' }],
  fields: {},
};
const tables = countShapes([parsed], contractModel);

describeGuideContract<Static<typeof tree.options>>({
  factory: tree,
  rows: [
    { tree: ['(NP (DT the) (NN pond))', '(S (NP (DT a) (NN heron)) (VP (VBZ waits)))'] },
    { tree: '(S (NP DT *) *)', part: true },
  ],
  nonsense: [{}, { tree: 3 }, { tree: [] }, { tree: '' }, { tree: '(NP NN)', part: 'yes' }],
  tables,
  classes,
});

describe('the guide tree', () => {
  const contextAt = (via: 'posterior' | 'gradient') => ({
    ...{ tf, model: contractModel, via, tables, classes },
    states: () => expect.fail('not asked'),
  });

  it('allows each word by its tag, and as many words as the tree has', () => {
    const guide = tree.create(contextAt('posterior'));
    if (guide.via !== 'posterior') throw new Error('expected factors');
    const { size, end } = contractModel.vocabulary;
    const heron = contractModel.vocabulary.id('heron')!;
    const at = (place: number, token: number, part: boolean) =>
      guide.factors({ tree: '(S (NP DT NN) *)', part }).logUnary[place * size + token]!;
    expect(at(2, heron, false)).to.be.above(at(1, heron, false));
    expect([at(3, heron, false), at(3, end, false), at(4, end, false), at(4, heron, false)]).to.deep.equal([
      0,
      -Infinity,
      0,
      -Infinity,
    ]);
    expect([at(4, end, true), at(4, heron, true)]).to.deep.equal([0, 0]);
  });

  it('wants the labelled pairs of a parse with the same tree', () => {
    const guide = tree.create(contextAt('gradient'));
    if (guide.via !== 'gradient') throw new Error('expected a gradient guide');
    const text = '(ROOT (S (NP (DT The) (NN heron)) (VP (VBZ sleeps)) (. .)))';
    const asked = guide.encode([{ tree: text }])['pairs']!;
    const row = { ...parsed, sentences: [{ ...parsed.sentences[0]!, tree: text }] };
    expect([...asked.data]).to.deep.equal([...tree.classifier.labels(row, contractModel, classes)['pairs']!.data]);
  });

  it('names the problems of each sentence', () => {
    const messages = (text: string | string[], model = contractModel) =>
      tree.check({ tree: text }, { model, via: 'posterior', classes: [] }).map(({ path, message }) => `${path}: ${message}`);
    expect(messages(['(NP (DT a) (NN pond))', '(NP (DT a)'])).to.deep.equal([
      '/tree/1: column 1: this "(" is never closed, 1 ")" are missing',
    ]);
    expect(messages('(NX1 (DTT a) (NN pond))').map((text) => text.slice(-6))).to.deep.equal(
      ['"NX1"', '"DTT"'].map((t) => t.padStart(6)),
    );
    expect(messages(`(NP ${'(NN pond)'.repeat(13)})`)).to.deep.equal([
      '/tree: expected at most 12 words, the longest text of this model, got 13',
    ]);
    expect(messages('(NP NN NN)', { ...contractModel, wordLevel: false })[0]).to.match(/^\/tree: is about words/);
  });
});
