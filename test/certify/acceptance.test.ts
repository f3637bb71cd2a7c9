import { expect } from 'chai';
import fc from 'fast-check';
import { BestCandidates } from '../../lib/certify/best-candidates.js';
import { batchConfig, raiseWeights, wantedCandidates } from '../../lib/certify/candidates.js';
import type { Condition } from '../../lib/certify/conditions.js';
import { Acceptance } from '../../lib/certify/selection.js';
import { type CertifyConfig, checkConfig } from '../../lib/config/index.js';
import type { ScoredText } from '../../lib/evaluate/scored-texts.js';

const conditions: Condition[] = [{ name: 'tree', judge: 'tree', kind: 'control', bound: 0.5 }];
const configWith = (more: object): CertifyConfig =>
  checkConfig('certify', {
    ...{ model: 'm', output: 'o', accept: [{ judge: 'tree', least: 0.5 }], guidance: [{ guide: 'tree', weight: 2 }] },
    ...more,
  });
const text = (words: string, value: number, more: object = {}): ScoredText => ({
  line: { id: '0-0', target: {}, sample: 0, tokens: words.split(' ').filter(Boolean), text: words, guides: {}, seed: 1, ...more },
  scores: { id: '0-0', sample: 0, guides: { tree: { value } }, fluency: {} },
});
const origin = { folder: '1/0', round: 1 };

describe('the candidates of a certified run', () => {
  it('never exceed the budget of a target, and use all of it if the target is not served', () => {
    const options = fc.record({
      perTarget: fc.integer({ min: 1, max: 5 }),
      tries: fc.integer({ min: 1, max: 40 }),
      passes: fc.integer({ min: 0, max: 4 }), // one candidate in so many passes
    });
    fc.assert(
      fc.property(options, ({ perTarget, tries, passes }) => {
        const config = configWith({ perTarget, tries, distinct: { overlap: 1 } });
        const acceptance = new Acceptance(1, conditions, config);
        let made = 0;
        for (let round = 1; ; round++) {
          const [batch] = wantedCandidates(acceptance, config);
          if (!batch) break;
          expect(round).to.be.below(100);
          for (let i = 0; i < batch.texts; i++, made++)
            acceptance.add(0, text(`a${made} b${made}`, passes > 0 && made % passes === 0 ? 1 : 0), { folder: '', round });
        }
        const [{ tried, accepted }] = acceptance.tallies as [Acceptance['tallies'][0]];
        expect(tried)
          .to.equal(made)
          .and.at.most(perTarget * tries);
        if (accepted < perTarget) expect(tried).to.equal(perTarget * tries);
        else expect(accepted).to.equal(perTarget);
      }),
    );
  });

  it('of a search have at least two attempts each, and no more attempts in all than it has beams', () => {
    const options = fc.record({
      perTarget: fc.integer({ min: 1, max: 50 }),
      width: fc.integer({ min: 2, max: 60 }),
      tries: fc.integer({ min: 5, max: 12 }),
    });
    let searched = 0;
    fc.assert(
      fc.property(options, ({ perTarget, width, tries }) => {
        const config = configWith({ perTarget, tries, attempts: 3, improve: true, screen: 's', search: { model: 'w', width } });
        const [acceptance, best] = [new Acceptance(1, conditions, config), new BestCandidates(conditions)];
        for (let made = 0; ;) {
          const [batch] = wantedCandidates(acceptance, config, best);
          if (!batch) break;
          if (batch.source === 'search') {
            searched++;
            expect(batch.attempts).to.be.at.least(2);
            expect(batch.attempts * batch.texts).to.be.at.most(width);
          }
          for (let i = 0; i < batch.texts; i++, made++) {
            const refused = text(`a${made} b${made}`, 0.2);
            best.add({ target: 0 }, refused, acceptance.add(0, refused, origin));
          }
        }
        expect(acceptance.tallies[0]!.tried).to.equal(perTarget * tries);
      }),
    );
    expect(searched).to.be.above(0);
  });

  it('get larger weights, within bounds, for the guides whose judges refuse half of them or more', () => {
    const config = configWith({ tries: 100, weights: { step: 2, most: 3 } });
    const acceptance = new Acceptance(2, conditions, config);
    const factors = [0, 1, 2].map((round) => {
      acceptance.beginRound();
      acceptance.add(0, text('a', 0), origin);
      acceptance.add(1, text('a', 1), origin);
      acceptance.add(1, text(`b${round}`, 0), origin);
      acceptance.add(1, text(`c${round}`, 1), origin);
      raiseWeights(acceptance, config);
      const [batch] = wantedCandidates(acceptance, config);
      expect(acceptance.tallies[1]!.raised).to.deep.equal({}); // one of three refused
      return batchConfig(config, [{ where: '', fields: {} }, { where: '', fields: {} }], batch!, { folder: 'x', seed: 2, rows: [{ target: 0 }] }).guidance; // prettier-ignore
    });
    expect(factors).to.deep.equal([4, 6, 6].map((weight) => [{ guide: 'tree', weight }]));
  });
});

describe('acceptance', () => {
  it('refuses texts that fail a bound, were cut off, have no words, or copy an accepted one, and counts each reason', () => {
    const acceptance = new Acceptance(1, conditions, configWith({ perTarget: 2, distinct: { ngram: 1, overlap: 0.5 } }));
    const given: [string, number, object?][] = [
      ['the heron sleeps', 0.5],
      ['the heron sleeps', 1],
      ['the heron waits', 1],
      ['a frog', 0.49],
      ['a frog', 1, { truncated: true }],
      ['', 1],
      ['a frog', 1],
      ['some other text', 1],
    ];
    for (const [words, value, more] of given) acceptance.add(0, text(words, value, more), origin);
    expect(acceptance.accepted.map(({ id, text: its, nearest }) => [id, its, nearest?.overlap])).to.deep.equal([
      ['0-0', 'the heron sleeps', undefined],
      ['0-1', 'a frog', undefined],
    ]);
    expect(acceptance.tallies[0]).to.deep.include({ tried: 8, accepted: 2, spare: 1, needed: 7 });
    expect(acceptance.tallies[0]!.failed).to.deep.equal({ 'near copy': 2, tree: 1, 'no END within maxTokens': 1, 'no words': 1 });
    expect(acceptance.counts.get('tree')!.first).to.deep.equal({ tried: 8, passed: 7 });
  });
});
