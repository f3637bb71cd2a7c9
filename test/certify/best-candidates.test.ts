import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf } from '../../lib/base/random.js';
import { BestCandidates, type Draft } from '../../lib/certify/best-candidates.js';
import type { Condition } from '../../lib/certify/conditions.js';
import type { ScoredText } from '../../lib/evaluate/scored-texts.js';

const conditions: Condition[] = [
  { name: 'mood', judge: 'mood', kind: 'control', bound: 1 },
  { name: 'lm', judge: 'lm', kind: 'fluency', bound: 2 },
];

/** A text whose words in capitals are marked, with as many nats per token as given. */
function judged(words: string, nats = 1): ScoredText {
  const tokens = words.split(' ');
  const marks = tokens.flatMap((word, i) => (/[A-Z]/.test(word) ? [{ start: i, end: i + 1, note: 'loud' }] : []));
  return {
    line: { id: '0-0', target: {}, sample: 0, tokens, text: words, guides: {}, seed: 1 },
    scores: {
      ...{ id: '0-0', sample: 0, fluency: { lm: { nats: nats * 4, tokens: 4 } } },
      guides: { mood: { value: 1 - marks.length / tokens.length, marks } },
    },
  };
}
const key = keyOf(1);
const positions = (drafts: readonly Draft[]) => drafts.map(({ position }) => position).sort();

describe('the best refused candidates', () => {
  it('are those that miss their conditions by least, the latest of equal ones, until one is accepted', () => {
    const best = new BestCandidates(conditions);
    const start = () => best.drafts(0, 1, key)[0]!.tokens.join(' ');
    const given: [string, number, string][] = [
      ['the HERON WAITS', 0.6, 'the HERON WAITS'],
      ['a HERON waits', 0.3, 'a HERON waits'],
      ['AN OWL waits', 0.6, 'a HERON waits'],
      ['a FROG waits', 0.3, 'a FROG waits'],
      ['a truncated text', Infinity, 'a FROG waits'],
    ];
    for (const [text, shortfall, expected] of given) {
      best.add({ target: 0 }, judged(text), shortfall);
      expect(start()).to.equal(expected);
    }
    expect(best.has(1)).to.equal(false);
    best.add({ target: 0 }, judged('a heron waits'), 0);
    expect(best.has(0)).to.equal(false);
  });

  it('change at words that a judge marked, each once; at any if fluency alone fails', () => {
    const best = new BestCandidates(conditions);
    best.add({ target: 0 }, judged('the HERON by THE pond WAITS'), 0.5);
    expect(positions(best.drafts(0, 3, key))).to.deep.equal([1, 3, 5]);
    expect(positions(best.drafts(0, 6, key)), 'and again from the start').to.deep.equal([1, 1, 3, 3, 5, 5]);
    best.add({ target: 1 }, judged('the heron by the pond', 3), 0.5);
    expect(positions(best.drafts(1, 5, key))).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('must lose one word if fluency alone fails, and may lose the two on each side of it', () => {
    const best = new BestCandidates(conditions);
    const tokens = ['the', 'heron', 'by', 'the', 'pond', 'waits'];
    best.add({ target: 0 }, judged(tokens.join(' '), 3), 0.5);
    for (const { failed, position, except, loose } of best.drafts(0, 6, key)) {
      expect(failed).to.deep.equal([]);
      expect(except).to.deep.equal(tokens.map((word, at) => (at === position ? [word] : [])));
      const isNear = (at: number) => at !== position && Math.abs(at - position) <= 2;
      expect(loose).to.deep.equal(tokens.map((word, at) => (isNear(at) ? [word] : [])));
    }
  });

  it('never get a word again that was tried there, and no change where the model found no other', () => {
    const best = new BestCandidates(conditions);
    best.add({ target: 0 }, judged('the HERON waits'), 0.3);
    best.add({ target: 0 }, judged('the OWL waits'), 0.4);
    best.add({ target: 0 }, judged('an ELK waits'), 0.4);
    const except = [['the'], ['HERON', 'OWL'], ['waits']]; // the neighbours change too
    expect(best.drafts(0, 1, key)).to.deep.equal([
      { tokens: ['the', 'HERON', 'waits'], failed: ['mood'], position: 1, except, loose: [[], [], []] },
    ]);
    best.add({ target: 1 }, judged('the HERON WAITS'), 0.3);
    const draft = { tokens: ['the', 'HERON', 'WAITS'], failed: ['mood'], position: 1, except: [['the'], ['HERON'], ['WAITS']], loose: [[], [], []] }; // prettier-ignore
    best.add({ target: 1, draft }, judged('the HERON WAITS'), 0.3);
    expect(positions(best.drafts(1, 2, key))).to.deep.equal([2, 2]);
  });

  it('are drawn from the key alone, the more often the more blame a word bears', () => {
    const best = new BestCandidates(conditions);
    const { line, scores } = judged('the heron waits here');
    const marks = [{ start: 0, end: 1, note: 'x' }, { start: 0, end: 4, note: 'y' }]; // prettier-ignore
    best.add({ target: 0 }, { line, scores: { ...scores, guides: { mood: { value: 0, marks } } } }, 1);
    const counts = [0, 0, 0, 0];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [draft] = best.drafts(0, 1, keyOf(seed));
        expect(best.drafts(0, 1, keyOf(seed))).to.deep.equal([draft]);
        counts[draft!.position]!++;
      }),
      { numRuns: 400, seed: 5 },
    );
    expect(counts[0]! / 400).to.be.within(0.48, 0.66); // 1 of 1.75: a word bears at most the blame of one mark
  });
});
