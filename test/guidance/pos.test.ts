import { expect } from 'chai';
import pos from '../../guidance/pos.js';
import { tf } from '../../lib/engine/index.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';
import { vocabulary } from '../tiny-model.js';

const rowOf = (text: string, tags: string): AnnotatedRow => {
  const [words, upos] = [text.split(' '), tags.split(' ')];
  return { words, sentences: [{ words, tags: upos, upos, tree: '' }], fields: {} };
};
const parses = [rowOf('The heron sleeps .', 'DET NOUN VERB PUNCT'), rowOf('A quiet heron waits .', 'DET ADJ NOUN VERB PUNCT')];
const tables = pos.tables.count(parses, contractModel);

describeGuideContract({
  factory: pos,
  rows: [{ tags: ['DET', 'NOUN'] }, { tags: ['START', 'NOUN', 'END'] }, { tags: [] }],
  nonsense: [{}, { tags: 'NOUN' }, { tags: [1] }, { tags: [''] }],
  tables,
});

describe('the guide pos', () => {
  const { maxTokens, vocabulary: v } = contractModel;
  const guide = pos.create({
    tf,
    model: contractModel,
    via: 'posterior',
    tables,
    classes: [],
    states: () => expect.fail('no classifier'),
  });
  const factorAt = (tags: string[], place: number, word: string): number => {
    if (guide.via !== 'posterior') throw new Error('expected factors');
    const id = { END: v.end, PAD: v.pad }[word] ?? v.id(word)!;
    return guide.factors({ tags }).logUnary[place * v.size + id]!;
  };

  it('weighs each word by the frequency of its tag in the parses', () => {
    const tags = ['DET', 'NOUN', 'VERB'];
    expect(factorAt(tags, 2, 'heron')).to.be.closeTo(Math.log(2.01 / (2 + 17 * 0.01)), 1e-6);
    expect(factorAt(tags, 2, 'sleeps')).to.be.closeTo(Math.log(0.01 / (1 + 17 * 0.01)), 1e-6);
    expect(factorAt(tags, 2, 'pond'), 'a word that is not in the parses').to.be.closeTo(Math.log(1 / 17), 1e-6);
  });

  it('requires as many words as tags, followed by END and PAD', () => {
    for (const tags of [
      ['DET', 'NOUN'],
      ['START', 'DET', 'NOUN', 'END'],
    ]) {
      for (const place of [1, 2]) for (const word of ['END', 'PAD']) expect(factorAt(tags, place, word)).to.equal(-Infinity);
      expect([factorAt(tags, 3, 'END'), factorAt(tags, 3, 'PAD'), factorAt(tags, 3, 'pond')]).to.deep.equal([
        0,
        -Infinity,
        -Infinity,
      ]);
      expect([factorAt(tags, 4, 'PAD'), factorAt(tags, maxTokens - 1, 'END')]).to.deep.equal([0, -Infinity]);
    }
  });

  it('labels the words of a row, and START, END and PAD as non-words', () => {
    const labels = pos.classifier.labels(parses[0]!, contractModel).tags.data;
    expect(labels.length).to.equal(maxTokens);
    const gradient = pos.create({
      tf,
      model: contractModel,
      via: 'gradient',
      tables: {},
      classes: [],
      states: () => expect.fail('not asked'),
    });
    if (gradient.via !== 'gradient') throw new Error('expected a gradient guide');
    const { data } = gradient.encode([{ tags: ['DET', 'NOUN', 'VERB', 'PUNCT'] }])['allowed']!;
    const asked = Array.from({ length: maxTokens }, (_, place) => [...data.slice(place * 18, (place + 1) * 18)]);
    expect([...labels]).to.deep.equal(asked.map((mask) => mask.indexOf(1)));
    expect(asked.every((mask) => mask.filter((value) => value === 1).length === 1)).to.equal(true);
    expect([labels[0], labels[5], labels[6]]).to.deep.equal([0, 0, 0]);
    expect(new Set(labels).size).to.equal(5);
    const wild = gradient.encode([{ tags: ['NOUN|PROPN', '*'] }])['allowed']!.data;
    expect(
      [1, 2, 3].map((place) => [...wild.slice(place * 18, (place + 1) * 18)].filter((value) => value === 1).length),
    ).to.deep.equal([2, 17, 1]);
    expect(wild[2 * 18], 'any word is a word').to.equal(0);
  });

  it('takes Penn tags, sets of tags and any word', () => {
    expect(factorAt(['NN'], 1, 'heron')).to.be.closeTo(Math.log(1 / 51), 1e-6); // no word of the parses above has a Penn tag
    expect(Math.exp(factorAt(['NOUN|DET'], 1, 'heron'))).to.be.closeTo(2.02 / 2.17, 1e-6);
    expect([factorAt(['*'], 1, 'heron'), factorAt(['*'], 1, 'END')]).to.deep.equal([0, -Infinity]);
  });

  it('names every unknown tag, a target too long, and a subword model', () => {
    const paths = (tags: string[], model = contractModel) =>
      pos.check({ tags }, { model, via: 'posterior', classes: [] }).map(({ path }) => path);
    expect(
      pos
        .check({ tags: ['START', 'NN', 'NOUN', '*'] }, { model: contractModel, via: 'gradient', classes: [] })
        .map(({ path }) => path),
    ).to.deep.equal(['/tags/1']);
    expect(paths(['START', 'NN|NOUN'])).to.deep.equal(['/tags/1']);
    expect(paths(['DET', 'NOUNS', 'VRB'])).to.deep.equal(['/tags/1', '/tags/2']);
    expect(paths(Array<string>(12).fill('NOUN'))).to.deep.equal([]);
    expect(paths(Array<string>(13).fill('NOUN'))).to.deep.equal(['/tags']);
    expect(paths(['START', ...Array<string>(12).fill('NOUN'), 'END'])).to.deep.equal([]);
    expect(paths(['NOUN'], { ...contractModel, wordLevel: false })).to.deep.equal(['/tags']);
    expect(vocabulary.size).to.equal(20);
  });
});
