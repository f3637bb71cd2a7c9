import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../lib/base/errors.js';
import { infillTemplateProblems, parseInfillTemplate } from '../../lib/text/infill-template.js';

describe('a template', () => {
  it('is the same from a string and from its items', () => {
    const expected = { slots: ['The', null, 'is', null, null, 'near'], open: true };
    expect(parseInfillTemplate('The _ is _:2 near ...')).to.deep.equal(expected);
    expect(parseInfillTemplate(['The', '_', 'is', '_:2', 'near', '*'])).to.deep.equal(expected);
  });

  it('is closed if it does not end in a gap', () => {
    expect(parseInfillTemplate('Come _:1')).to.deep.equal({ slots: ['Come', null], open: false });
  });

  it('splits given words, and punctuation after a gap, but only in a string', () => {
    expect(parseInfillTemplate("Don't miss _, _:2.").slots).to.deep.equal(['Do', "n't", 'miss', null, ',', null, null, '.']);
    expect(parseInfillTemplate('at "_:2" (_), or_not...')).to.deep.equal({
      slots: ['at', '"', null, null, '"', '(', null, ')', ',', 'or_not...'],
      open: false,
    });
    expect(parseInfillTemplate('near _...')).to.deep.equal({ slots: ['near', null], open: true });
    expect(parseInfillTemplate(["Don't", '_']).slots).to.deep.equal(["Don't", null]);
    expect(parseInfillTemplate('a-b _', (text) => text.split('-')).slots).to.deep.equal(['a', 'b', null]);
  });

  it('reads escaped gaps as words', () => {
    expect(parseInfillTemplate('\\_ \\... \\_:2 \\*')).to.deep.equal({ slots: ['_', '...', '_:2', '*'], open: false });
    expect(parseInfillTemplate(['\\n']).slots).to.deep.equal(['\\n']);
  });

  it('has as many positions as its words and gaps', () => {
    const item = fc.oneof(fc.constantFrom('cat', 'sat', '.'), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(item), fc.boolean(), (items, open) => {
        const written = items.map((it) => (typeof it === 'number' ? `_:${it}` : it));
        const { slots, ...rest } = parseInfillTemplate(['first', ...written, ...(open ? ['...'] : [])]);
        expect(slots).to.deep.equal([
          'first',
          ...items.flatMap((it) => (typeof it === 'number' ? Array<null>(it).fill(null) : [it])),
        ]);
        expect(rest.open).to.equal(open);
      }),
    );
  });

  it('has gaps of bounded and of any length, at any position', () => {
    const { slots, open } = parseInfillTemplate('... a _:2-4, _:1- b _:3-3 * c');
    expect(slots).to.deep.equal([{ min: 0, max: Infinity }, 'a', { min: 2, max: 4 }, ',', { min: 1, max: Infinity }, 'b', null, null, null, { min: 0, max: Infinity }, 'c']); // prettier-ignore
    expect(open).to.equal(false);
    expect(parseInfillTemplate('a _:0-2 ...')).to.deep.equal({ slots: ['a', { min: 0, max: 2 }], open: true });
  });

  it('names every invalid item', () => {
    const items = ['...', 'a', '_:0', '_:99999999999', '_two', 'b c', '', '*', '_:3-2', '_:0-0', 'd'];
    expect(infillTemplateProblems(items).map(({ path }) => path)).to.deep.equal(['/2', '/3', '/4', '/5', '/6', '/8', '/9']);
    expect(() => parseInfillTemplate(items)).to.throw(InputError, '7 problems');
    expect(infillTemplateProblems("a ... b __ _:2.5 _:x _'s")).to.have.length(4);
  });

  it('must contain a word, and be text', () => {
    for (const nothing of ['', '...', '_:3 ...', []])
      expect(infillTemplateProblems(nothing)[0]!.message).to.contain('at least one given word');
    for (const other of [undefined, 3, ['a', 3], { a: 1 }])
      expect(infillTemplateProblems(other)[0]!.message).to.contain('expected a string');
    expect(infillTemplateProblems('The _ ...')).to.deep.equal([]);
  });
});
