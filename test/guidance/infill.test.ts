import { expect } from 'chai';
import infill from '../../guidance/infill.js';
import { accepts } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

describeGuideContract({
  factory: infill,
  rows: [{ template: ['The', '_:2', '.'] }, { template: 'quiet ...' }, { template: '_ heron' }],
  nonsense: [{}, { template: 3 }, { template: [1] }, { template: {} }],
});

describe('the guide infill', () => {
  const { maxTokens, vocabulary } = contractModel;
  const { size, start, end, pad } = vocabulary;
  const guide = infill.create({
    tf,
    model: contractModel,
    via: 'posterior',
    tables: {},
    classes: [],
    states: () => tf.scalar(0),
  });

  function allows(template: string, text: string): boolean {
    if (guide.via !== 'posterior') throw new Error('expected factors');
    const { logUnary, automaton } = guide.factors({ template });
    const words = text.split(' ').map((word) => vocabulary.id(word)!);
    if (!logUnary) return accepts(automaton!, words);
    const canvas = [start, ...words, end, ...Array<number>(maxTokens - words.length - 2).fill(pad)];
    return canvas.every((id, i) => logUnary[i * size + id] === 0);
  }

  it('allows the texts that the template fits, and no others', () => {
    expect(allows('The _ is _:2 .', 'The pond is old green .')).to.equal(true);
    expect(allows('The _ is _:2 .', 'A pond is old green .'), 'another word').to.equal(false);
    expect(allows('The _ is _:2 .', 'The pond is green .'), 'a gap too short').to.equal(false);
    expect(allows('The _ is _:2 .', 'The pond is old green . .'), 'words after the end').to.equal(false);
    expect(allows('The _ ...', 'The pond')).to.equal(true);
    expect(allows('The _ ...', 'The pond is old green')).to.equal(true);
    expect(allows('The _ ...', 'The'), 'END in a gap').to.equal(false);
  });

  it('allows gaps of bounded and of any length, at any position', () => {
    expect(allows('The _:1-2 is ... .', 'The pond is .')).to.equal(true);
    expect(allows('The _:1-2 is ... .', 'The old pond is quiet and green .')).to.equal(true);
    expect(allows('The _:1-2 is ... .', 'The old green pond is quiet .'), 'a gap too long').to.equal(false);
    expect(allows('The _:1-2 is ... .', 'The is quiet .'), 'a gap too short').to.equal(false);
    expect(allows('... pond _:2- .', 'The pond is old .'), 'left context free').to.equal(true);
    expect(allows('... pond _:2- .', 'The pond sleeps .')).to.equal(false);
    expect(allows('... pond ...', 'pond')).to.equal(true);
    expect(allows('... pond _', 'The pond'), 'closed').to.equal(false);
  });

  it('names every unknown word, and a template that is too long', () => {
    const messages = (template: string) =>
      infill
        .check({ template }, { model: contractModel, via: 'posterior', classes: [] })
        .map(({ path, message }) => `${path} ${message}`);
    const unknown = messages('The castle is _ zoo');
    expect(unknown).to.have.length(2);
    expect(unknown.join()).to.contain('no word "castle"').and.contain('no word "zoo"');
    expect(messages('The _:12')[0]).to.contain('expected at most 12 words and gaps, the longest text of this model, got 13');
    expect(messages('_:3')[0]).to.contain('at least one given word');
    expect(
      infill.check({ template: 'The _' }, { model: { ...contractModel, wordLevel: false }, via: 'posterior', classes: [] }),
    ).to.have.length(1);
    expect(messages('The _:2-20 .')).to.deep.equal([]);
    expect(messages('The _:12-20 .')[0]).to.contain('got 14');
    for (const [via, model] of [
      ['project', contractModel],
      ['posterior', { ...contractModel, interpolates: false }],
    ] as const)
      expect(infill.check({ template: 'The ... .' }, { model, via, classes: [] })[0]!.message).to.contain(
        'has a gap without a fixed length',
      );
  });
});
