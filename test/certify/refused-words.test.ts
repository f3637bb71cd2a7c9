import { expect } from 'chai';
import type { Condition } from '../../lib/certify/conditions.js';
import { RefusedWords, type SlotsOf } from '../../lib/certify/refused-words.js';
import type { ScoredText } from '../../lib/evaluate/scored-texts.js';
import type { Mark } from '../../lib/judges/judge.js';

const conditions: Condition[] = [
  { name: 'pos', judge: 'pos', kind: 'control', bound: 1 },
  { name: 'lm', judge: 'lm', kind: 'fluency', bound: 2 },
];
const text = (words: string, value: number, ...marked: [start: number, end: number][]): ScoredText => {
  const marks = marked.map(([start, end]): Mark => ({ start, end, note: '' }));
  return {
    line: { id: '0-0', target: {}, sample: 0, tokens: words.split(' '), text: words, guides: {}, seed: 1 },
    scores: { id: '0-0', sample: 0, guides: { pos: { value, marks } }, fluency: { lm: { nats: 9, tokens: 1 } } },
  };
};
const refusedIn = (texts: readonly (readonly [target: number, text: ScoredText])[], slotsOf: SlotsOf = () => undefined) => {
  const refused = new RefusedWords(conditions, slotsOf, 4);
  texts.forEach(([target, own]) => refused.add(target, own));
  return (target: number) => refused.at(target);
};

describe('words that judges refuse', () => {
  it('are avoided where they were marked in refused texts of the target, and nowhere else', () => {
    const at = refusedIn([
      [0, text('a frog has legs', 0.5, [1, 2], [2, 3])],
      [0, text('a heron has legs', 0.9)],
      [1, text('a frog is', 0.9)],
    ]);
    expect(at(0)).to.deep.equal([[], ['frog'], ['has'], []]); // "has" bore the blame in one of two texts
    expect(at(1)).to.deep.equal([[], [], []]);
    expect(at(2)).to.deep.equal([]);
  });

  it('are avoided by all targets of which their judge expects the same', () => {
    const slots = [['DET', 'NOUN', 'VERB'], ['NOUN', 'VERB', 'DET', 'NOUN']]; // prettier-ignore
    const at = refusedIn([[0, text('a Thai has extra', 0.3, [1, 2], [2, 3], [3, 4])]], (_, target) => slots[target]);
    expect(at(0)).to.deep.equal([[], ['Thai'], ['has'], []]);
    expect(at(1)).to.deep.equal([['Thai'], ['has'], [], ['Thai']]);
  });

  it('are those that bear at least half of the blame: one text may be the fault of another word', () => {
    const right = [0, text('a frog', 1)] as const;
    const wrong = [0, text('a frog', 0, [1, 2])] as const;
    expect(refusedIn([wrong, right])(0)).to.deep.equal([[], ['frog']]);
    expect(refusedIn([wrong, right, right])(0)).to.deep.equal([[], []]);
  });

  it('divide the blame for a mark of several words, and need that of one whole mark', () => {
    const half = [0, text('near the river', 0, [1, 3])] as const;
    expect(refusedIn([half])(0)).to.deep.equal([[], [], []]);
    expect(refusedIn([half, half])(0)).to.deep.equal([[], ['the'], ['river']]);
    const third = [0, text('near the river', 0, [0, 3])] as const;
    expect(refusedIn([third, third, third, third])(0)).to.deep.equal([[], [], []]); // a third of the blame each time
    expect(refusedIn([[0, text('near the river', 0, [0, 3], [1, 3], [2, 3])]])(0)).to.deep.equal([[], [], ['river']]);
  });

  it('are avoided only at positions that a text of the model can have', () => {
    const at = refusedIn([[0, text('the frog sleeps by the pond', 0, [0, 1], [5, 6])]], () => Array<string>(9).fill('any'));
    expect(at(0)).to.deep.equal(Array(4).fill(['pond', 'the']));
  });

  it('are not learned from the marks of texts that pass, nor from fluency', () => {
    const at = refusedIn([[0, text('a frog', 1, [1, 2])]]);
    expect(at(0)).to.deep.equal([[], []]);
  });
});
