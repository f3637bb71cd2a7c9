import { expect } from 'chai';
import attribute from '../../guidance/attribute.js';
import { accepts } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';
import { tensorsOf, vocabulary } from '../tiny-model.js';

const rowOf = (mr: string): AnnotatedRow => ({ words: ['A', 'pond', '.'], sentences: [], fields: { mr } });
const rows = ['food[Japanese], waterSide[yes]', 'food[Thai]', 'name[The Quay], food[Fast food]', 'waterSide[no]'].map(rowOf);
const classes = attribute.classifier.classes(rows);

const pondRows = ['place[green garden], mood[quiet]', 'place[pond]', 'mood[old]'].map(rowOf);

describeGuideContract({
  // The words of the example are not the words of the small model.
  factory: { ...attribute, example: { slot: 'place', value: 'green garden' } },
  rows: [
    { slot: 'place', value: 'Pond' },
    { slot: 'mood', value: 'old' },
  ],
  nonsense: [{}, { slot: 'food' }, { slot: '', value: 'Thai' }, { slot: 'food', value: 3 }],
  classes: attribute.classifier.classes(pondRows),
});

describe('the guide attribute', () => {
  // Slots food, name, waterSide; values of food: Fast food, Japanese, Thai; three columns per slot.
  const width = 2;
  const states = tf.randomNormal([1, contractModel.maxTokens, width], 0, 1, 'float32', 3);
  const weights = tensorsOf({
    'pooled.weight': { dtype: 'float32', shape: [width, 9], data: Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)) },
    'pooled.bias': { dtype: 'float32', shape: [9], data: Float32Array.from({ length: 9 }, (_, i) => i / 10) },
  });
  const guide = attribute.create({ tf, model: contractModel, via: 'gradient', tables: {}, classes, states: () => states });

  if (guide.via === 'posterior') throw new Error('expected a gradient guide');
  const logProb = (slot: string, value: string): number => {
    const z = tf.zeros([1, contractModel.maxTokens, contractModel.embeddingWidth]);
    const state = { time: tf.zeros([1]) };
    return guide.logProb(z, state, tensorsOf(guide.encode([{ slot, value }])), weights).dataSync()[0]!;
  };

  it('finds the slots and values of the rows', () => {
    expect(classes).to.deep.equal([
      'food[Fast food]',
      'food[Japanese]',
      'food[Thai]',
      'name[The Quay]',
      'waterSide[no]',
      'waterSide[yes]',
    ]);
    expect(attribute.classifier.outputs(width, classes)[0]!.shape).to.deep.equal([width, 9]);
    const labels = rows.map((row) => [...attribute.classifier.labels(row, contractModel, classes).values.data]);
    expect(labels).to.deep.equal([
      [2, 0, 2],
      [3, 0, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('divides the probability of a slot among its values and its absence', () => {
    const sum = ['Fast food', 'Japanese', 'Thai'].reduce((all, value) => all + Math.exp(logProb('food', value)), 0);
    expect(sum).to.be.within(0.2, 0.98);
    // log p = pooled logit - log(1 + sum of the exponentials of the slot's), by hand for food: the first three columns.
    const data = states.dataSync();
    const pooled = Array.from({ length: 3 }, (_, c) => {
      const tokens = Array.from(
        { length: contractModel.maxTokens },
        (_, i) => data[2 * i]! * Math.sin(c) + data[2 * i + 1]! * Math.sin(9 + c) + c / 10,
      );
      return tokens.reduce((a, logit) => a + Math.exp(logit), 0) / contractModel.maxTokens;
    });
    const total = pooled.reduce((a, b) => a + b, 1);
    expect(logProb('food', 'Thai')).to.be.closeTo(Math.log(pooled[2]! / total), 1e-4);
    expect(logProb('food', 'Fast food')).to.be.closeTo(Math.log(pooled[0]! / total), 1e-4);
  });

  it('is trained on the log-probabilities that it steers by', () => {
    const labels = tensorsOf(
      attribute.classifier.labels(rowOf('food[Thai], name[The Quay], waterSide[no]'), contractModel, classes),
    );
    const loss = attribute.classifier.loss(states, { values: tf.expandDims(labels['values']!, 0) }, weights).dataSync()[0]!;
    expect(loss).to.be.closeTo(-logProb('food', 'Thai') - logProb('name', 'The Quay') - logProb('waterSide', 'no'), 1e-4);
  });

  it('lists the slots and values, and suggests the one meant', () => {
    const problems = (slot: string, value: string) =>
      attribute
        .check({ slot, value }, { model: contractModel, via: 'gradient', classes })
        .map(({ path, message }) => `${path}: ${message}`);
    expect(problems('colour', 'red')).to.deep.equal(['/slot: expected one of food, name, waterSide, got "colour"']);
    expect(problems('food', 'Japanes')).to.deep.equal([
      '/value: the classifier has learned no food "Japanes"; did you mean "Japanese"?',
    ]);
    expect(problems('food', 'Mediterranean')[0]).to.contain('there are Fast food, Japanese, Thai');
  });

  it('by posterior requires the words of the value anywhere in the text, and no trained slot', () => {
    const lexical = attribute.create({
      tf,
      model: contractModel,
      via: 'posterior',
      tables: {},
      classes: [],
      states: () => states,
    });
    if (lexical.via !== 'posterior') throw new Error('expected a posterior guide');
    const { automaton } = lexical.factors({ slot: 'colour', value: 'Green pond' });
    const holds = (text: string) => accepts(automaton, text.split(' ').map((word) => vocabulary.id(word)!)); // prettier-ignore
    expect(['The green pond is quiet .', 'green pond', 'A green green pond'].map(holds)).to.deep.equal([true, true, true]);
    expect(['The green old pond .', 'pond green', 'green'].map(holds)).to.deep.equal([false, false, false]);
  });

  it('by posterior names words that are not in the vocabulary, a value too long, and a subword model', () => {
    const message = (value: string, model = contractModel) =>
      attribute
        .check({ slot: 'colour', value }, { model, via: 'posterior', classes: [] })
        .map(({ path, message }) => `${path}: ${message}`);
    expect(message('The POND')).to.deep.equal([]);
    expect(message('a gren cow')).to.deep.equal(['/value: the vocabulary has no "gren" (did you mean "green"?), no "cow"']);
    expect(message(Array(13).fill('pond').join(' '))[0]).to.contain('at most 12 words, the longest text of this model, got 13');
    expect(message('pond', { ...contractModel, wordLevel: false })[0]).to.contain('word tokenizer');
    expect(message(' ')[0]).to.contain('expected a word');
  });

  it('names a row that it cannot read', () => {
    expect(() => attribute.classifier.classes([rowOf('Japanese')])).to.throw('expected slot[value]');
    expect(() => attribute.classifier.classes([{ ...rowOf(''), fields: {} }])).to.not.throw();
  });
});
