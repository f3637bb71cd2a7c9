import { expect } from 'chai';
import { future as attributeFuture } from '../../guidance/attribute.js';
import { future as classifyFuture } from '../../guidance/classify.js';
import { future as lengthFuture } from '../../guidance/length.js';
import { future as posFuture } from '../../guidance/pos.js';
import { InputError } from '../../lib/base/errors.js';
import { UNIVERSAL_TAGS } from '../../lib/text/tag-sets.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { contractModel } from '../guide-contract.js';
import { tinyConfig } from '../tiny-model.js';

const L = tinyConfig.maxTokens; // 8
const model = { ...contractModel, maxTokens: L };
const row = (words: string, upos: string, fields: Record<string, string> = {}): AnnotatedRow => ({
  words: words.split(' '),
  sentences: [{ words: words.split(' '), tags: upos.split(' '), upos: upos.split(' '), tree: '(S)' }],
  fields,
});
const heron = row('The heron sleeps', 'DET NOUN VERB', { mr: 'bird[heron], place[old pond]' });
const tag = (name: string): number => UNIVERSAL_TAGS.indexOf(name) + 1;
const [DET, NOUN, VERB, END] = [tag('DET'), tag('NOUN'), tag('VERB'), 0];

describe('what prefixes tell about controls', () => {
  it('length: how many tokens follow, END included, and which numbers satisfy the length', () => {
    expect([...lengthFuture.answers(heron, model, [])]).to.deep.equal([4, 3, 2, 1, 0, -1, -1, -1]); // START The heron sleeps END
    expect(lengthFuture.questions(model, [])).to.deep.equal([L]);
    expect(lengthFuture.asks({ length: 3 }, 1, model, [])).to.deep.equal([[3]]);
    expect(lengthFuture.asks({ length: 3 }, 4, model, [])).to.deep.equal([[0]]); // only END is valid here
    expect(lengthFuture.asks({ length: 3 }, 5, model, [])).to.deep.equal([[]]); // too late
    expect(lengthFuture.asks({ length: { min: 2, max: 3 } }, 2, model, [])).to.deep.equal([[1, 2]]);
    expect(lengthFuture.asks({ length: { min: 5 } }, 1, model, [])).to.deep.equal([[5, 6]]); // at most 6 words fit
  });

  it('pos: the tags of the last word and of the three positions after it', () => {
    const answers = [...posFuture.answers(heron, model, [])];
    const at = (place: number) => answers.slice(4 * place, 4 * place + 4);
    expect(at(1)).to.deep.equal([DET, NOUN, VERB, END]);
    expect(at(3)).to.deep.equal([VERB, END, END, END]);
    expect(at(4)).to.deep.equal([END, END, END, END]);
    expect(at(5)).to.deep.equal([-1, -1, -1, -1]);
    const asks = posFuture.asks({ tags: ['START', 'DET', 'NOUN|PROPN', '*', 'END'] }, 1, model, []);
    expect(asks.map((classes) => classes!.length)).to.deep.equal([1, 2, UNIVERSAL_TAGS.length, 1]);
    expect(asks[1]).to.deep.equal([NOUN, tag('PROPN')]);
    expect(asks[3]).to.deep.equal([END]);
  });

  it('attribute: the value that each slot will have, at every position of the text', () => {
    const rows = [heron, row('The pond', 'DET NOUN', { mr: 'place[garden]' })];
    const classes = attributeFuture.classes!(rows, model);
    expect(classes).to.deep.equal(['bird[heron]', 'place[garden]', 'place[old pond]']);
    expect(attributeFuture.questions(model, classes)).to.deep.equal([2, 3]); // none is one of them
    const answers = [...attributeFuture.answers(rows[1]!, model, classes)];
    expect(answers.slice(0, 8)).to.deep.equal([0, 1, 0, 1, 0, 1, 0, 1]); // START The pond END
    expect(answers.slice(8).every((answer) => answer === -1)).to.equal(true);
    expect(attributeFuture.asks({ slot: 'Place', value: 'Old  pond' }, 1, model, classes)).to.deep.equal([undefined, [2]]);
    expect(() => attributeFuture.asks({ slot: 'place', value: 'river' }, 1, model, classes)).to.throw(
      InputError,
      'no place "river"',
    );
  });

  it('classify: the label, at every position of the text', () => {
    const rows = [row('The pond', 'DET NOUN', { label: ' spring ' }), row('The heron', 'DET NOUN', { label: 'autumn' })];
    const classes = classifyFuture.classes!(rows, model);
    expect(classes).to.deep.equal(['autumn', 'spring']);
    expect(classifyFuture.questions(model, classes)).to.deep.equal([2]);
    expect([...classifyFuture.answers(rows[0]!, model, classes)]).to.deep.equal([1, 1, 1, 1, -1, -1, -1, -1]); // START The pond END
    expect(classifyFuture.asks({ label: 'spring' }, 3, model, classes)).to.deep.equal([[1]]);
    expect(() => classifyFuture.asks({ label: 'winter' }, 3, model, classes)).to.throw(InputError, 'one of autumn, spring');
  });
});
