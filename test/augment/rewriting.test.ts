import { expect } from 'chai';
import fc from 'fast-check';
import type { GivenRow } from '../../lib/augment/given-rows.js';
import { rewritingTargets, rewritingTemplate } from '../../lib/augment/rewriting.js';
import { InputError } from '../../lib/base/errors.js';
import { infillTemplateProblems, parseInfillTemplate } from '../../lib/text/infill-template.js';

const KNOWN = ['the', 'heron', 'sleeps', 'early', ',', 'here', 'rose', 'grows', '_', '...'];
const vocabulary = { id: (word: string) => (KNOWN.includes(word) ? KNOWN.indexOf(word) : undefined) };
const rewriter = { keep: 2, gap: 3, mostWords: 10, vocabulary };

describe('templates that rewrite rows', () => {
  it('hold the known words of the lowest ranks in their order, as templates of infill', () => {
    const words = fc.array(fc.constantFrom(...KNOWN, 'unknown', '\\_', '*'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 5 }), fc.boolean(), (own, keep, isName) => {
        const rank = (word: string) => word.length;
        const template = rewritingTemplate({ words: own, line: isName ? 0 : 2 }, rank, { ...rewriter, keep });
        const known = own.filter((word) => /^(the|heron|sleeps|early|,|here|rose|grows)$/.test(word));
        if (known.length === 0) {
          expect(template).to.deep.equal([]);
          return;
        }
        expect(infillTemplateProblems(template)).to.deep.equal([]);
        const { slots, open } = parseInfillTemplate(template);
        expect(open).to.equal(false);
        const kept = slots.filter((slot) => typeof slot === 'string');
        expect(kept).to.have.length(Math.min(isName ? rewriter.mostWords : keep, known.length));
        let from = 0;
        for (const word of kept) expect((from = own.indexOf(word, from) + 1), word).to.be.above(0);
        const longest = Math.max(...kept.map(rank));
        const left = [...known];
        for (const word of kept) left.splice(left.indexOf(word), 1);
        for (const word of left) expect(rank(word)).to.be.at.least(longest);
      }),
      { numRuns: 200 },
    );
  });

  const row = (text: string, line: number, label = 'bird'): GivenRow => ({ text, words: text.split(' '), line, label });

  it('keep the words that other labels lack, and take the rows of a label in turn', () => {
    const rows = [
      row('the heron sleeps here', 2),
      row('early the heron sleeps', 3),
      row('the rose grows here', 4, 'plant'),
      row('the rose here', 5, 'plant'),
      row('heron', 0),
    ];
    const targets = rewritingTargets(rows, rewriter)({ label: 'bird', texts: 4 });
    expect(targets.map(({ of }) => of)).to.deep.equal([0, 1, 4, 0].map((i) => rows[i]!.text));
    expect(targets.map(({ template }) => template.join(' '))).to.deep.equal([
      '_:0-3 heron sleeps _:0-3',
      '_:0-3 heron sleeps _:0-3',
      '_:0-3 heron _:0-3',
      '_:0-3 heron sleeps _:0-3',
    ]);
  });

  it('are refused for a label of which the model knows no word', () => {
    const strangers = rewritingTargets([row('unknown words', 2), row('other words', 3)], rewriter);
    expect(() => strangers({ label: 'bird', texts: 1 }))
      .to.throw(InputError)
      .with.property('message')
      .that.contains('no word of the rows of "bird"');
  });
});
