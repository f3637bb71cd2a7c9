import { expect } from 'chai';
import { pairClasses, pairLogProbs, spanClassifier, spanLogProbs } from '../../guidance/parts/span-classifier.js';
import { tf } from '../../lib/engine/index.js';
import type { HostTensor } from '../../lib/engine/types.js';
import { initialParameters } from '../../lib/model/parameters.js';
import { keyOf, normal } from '../../lib/base/random.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel } from '../guide-contract.js';
import { tensorsOf } from '../tiny-model.js';

const sentence = (text: string, tree: string) => {
  const words = text.split(' ');
  return { words, tags: words, upos: words, tree };
};
const row: AnnotatedRow = {
  words: 'Go . The pond'.split(' '),
  sentences: [sentence('Go .', '(ROOT (S (VP (VB Go)) (. .)))'), sentence('The pond', '(ROOT (NP (DT The) (NN pond)))')],
  fields: {},
};

describe('the span classifier', () => {
  const classes = ['no word', 'no constituent', 'other', 'NP', 'S'];
  const L = contractModel.maxTokens;

  it('has the frequent labels as classes, the most frequent first', () => {
    const rows = [...Array<AnnotatedRow>(20).fill(row), { ...row, sentences: row.sentences.slice(1) }];
    expect(spanClassifier.classes!(rows, contractModel)).to.deep.equal(['no word', 'no constituent', 'other', 'NP', 'S', 'VP']);
    expect(spanClassifier.classes!(rows.slice(2), contractModel)).to.deep.equal(['no word', 'no constituent', 'other']);
  });

  it('labels each pair of words of a row with the constituent between them, over all its sentences', () => {
    const { data } = spanClassifier.labels(row, contractModel, classes)['pairs']!;
    const name = (first: number, last: number) => classes[data[first * L + last]! - 1];
    expect([name(1, 2), name(1, 1), name(3, 4)]).to.deep.equal(['S', 'other', 'NP']);
    expect([name(2, 2), name(2, 3), name(1, 4), name(4, 4)]).to.deep.equal(Array(4).fill('no constituent'));
    expect([name(0, 0), name(5, 5), name(L - 1, L - 1)]).to.deep.equal(Array(3).fill('no word'));
    expect([name(2, 1), name(0, 1), name(4, 5), name(5, 6)]).to.deep.equal(Array(4).fill(undefined));
  });

  it('gives a pair the same probability in a tree and alone', () => {
    const width = 8;
    const weights = tensorsOf(initialParameters(spanClassifier.outputs(width, classes), keyOf(3)) as Record<string, HostTensor>);
    const states = tf.tensor(normal(keyOf(4), 2 * L * width), [2, L, width]);
    const only = pairClasses(undefined, [{ start: 1, end: 3, label: 'NP' }], L, classes);
    const pairs = tf.tensor(Int32Array.from([...only, ...new Int32Array(L * L)]), [2, L, L], 'int32');
    const [inTree, nothing] = pairLogProbs(states, pairs, weights).dataSync();
    expect(nothing).to.equal(0);

    const oneHot = (place: number) => Float32Array.from({ length: 2 * L }, (_, i) => (i === place ? 1 : 0));
    const inputsFor = (allowed: readonly number[]) => ({
      first: tf.tensor(oneHot(2), [2, 1, L]),
      last: tf.tensor(oneHot(4), [2, 1, L]),
      allowed: tf.tensor(
        [...classes.map((_, c) => (allowed.includes(c) ? 1 : 0)), ...classes.map(() => 1)],
        [2, 1, classes.length],
      ),
    });
    const probOf = (allowed: readonly number[]) => spanLogProbs(states, inputsFor(allowed), weights).dataSync();
    expect(probOf([3])[0]).to.be.closeTo(inTree!, 1e-5);
    expect(probOf([3])[1]).to.equal(0);
    const each = classes.map((_, c) => Math.exp(probOf([c])[0]!));
    expect(each.reduce((a, b) => a + b)).to.be.closeTo(1, 1e-5);
    expect(Math.exp(probOf([3, 4])[0]!)).to.be.closeTo(each[3]! + each[4]!, 1e-5);
  });

  it('denies other constituents in a whole tree, and says nothing about them in a partial one', () => {
    const constituent = { start: 0, end: 1, label: 'NP' };
    const said = (words: number | undefined) =>
      [...pairClasses(words, [constituent], L, classes)].filter((value) => value > 0).length;
    expect(said(undefined)).to.equal(1);
    expect(said(3)).to.equal(6 + (L - 3));
  });
});
