import { expect } from 'chai';
import classify from '../../guidance/classify.js';
import { tf } from '../../lib/engine/index.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';
import { tensorsOf } from '../tiny-model.js';

const rowOf = (label: string): AnnotatedRow => ({ words: ['A', 'pond', '.'], sentences: [], fields: { label } });
const classes = classify.classifier.classes(['winter', 'spring', ' spring ', 'summer'].map(rowOf));

describeGuideContract({
  factory: classify,
  rows: [{ label: 'summer' }, { label: 'winter' }],
  nonsense: [{}, { label: '' }, { label: 1 }, { label: ['spring'] }],
  classes,
});

describe('the guide classify', () => {
  const states = tf.randomNormal([1, contractModel.maxTokens, 2], 0, 1, 'float32', 5);
  const weights = { 'pooled.weight': tf.tensor2d([[1, -1, 0.5], [0, 2, 1]]), 'pooled.bias': tf.tensor1d([0, 0.1, 0.2]) }; // prettier-ignore
  const guide = classify.create({ tf, model: contractModel, via: 'gradient', tables: {}, classes, states: () => states });
  const logProb = (label: string): number => {
    const z = tf.zeros([1, contractModel.maxTokens, contractModel.embeddingWidth]);
    return guide.logProb(z, { time: tf.zeros([1]) }, tensorsOf(guide.encode([{ label }])), weights).dataSync()[0]!;
  };

  it('finds the labels of the rows', () => {
    expect(classes).to.deep.equal(['spring', 'summer', 'winter']);
    const labels = ['winter', ' spring '].map((label) => [
      ...classify.classifier.labels(rowOf(label), contractModel, classes).label.data,
    ]);
    expect(labels).to.deep.equal([[2], [0]]);
  });

  it('divides the probability among the labels, and is trained on it', () => {
    const sum = classes.reduce((all, label) => all + Math.exp(logProb(label)), 0);
    expect(sum).to.be.closeTo(1, 1e-5);
    const loss = classify.classifier.loss(states, { label: tf.tensor1d([1], 'int32') }, weights).dataSync()[0]!;
    expect(loss).to.be.closeTo(-logProb('summer'), 1e-5);
  });

  it('requires two labels or more, one in each row, and a label that it was trained on', () => {
    expect(() => classify.classifier.classes([rowOf('spring')])).to.throw('at least two labels to tell apart, found spring');
    expect(() => classify.classifier.classes([rowOf('spring'), rowOf(' ')])).to.throw('a row without one');
    const [problem] = classify.check({ label: 'sumer' }, { model: contractModel, via: 'gradient', classes });
    expect(problem).to.deep.equal({
      path: '/label',
      message: 'expected a label of the training rows (spring, summer, winter), got "sumer", did you mean "summer"?',
    });
    expect(classify.check({ label: 'summer' }, { model: contractModel, via: 'gradient', classes })).to.deep.equal([]);
  });
});
