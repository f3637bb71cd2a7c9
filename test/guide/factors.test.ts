import { expect } from 'chai';
import { addFactors, emptyPosition, sequenceFactors } from '../../lib/guide/factors.js';
import { vocabulary } from '../tiny-model.js';

const { size, start, unk, end, pad } = vocabulary;

describe('factors on the tokens', () => {
  it('of every sequence: START is first and nowhere else, no token is UNK', () => {
    const factors = sequenceFactors(4, vocabulary);
    expect(factors.length).to.equal(4 * size);
    for (let i = 0; i < 4; i++) {
      for (let v = 0; v < size; v++) {
        const allowed = i === 0 ? v === start : v !== start && v !== unk;
        expect(factors[i * size + v], `position ${i}, token ${v}`).to.equal(allowed ? 0 : -Infinity);
      }
    }
    expect([end, pad].map((v) => factors[size + v])).to.deep.equal([0, 0]);
  });

  it('add up; a weight scales finite factors, and hard constraints stay hard at every weight', () => {
    const factors = Float32Array.of(0, -1, -Infinity, 0);
    addFactors(factors, Float32Array.of(-2, -2, -2, -Infinity), 0.5);
    expect([...factors]).to.deep.equal([-1, -2, -Infinity, -Infinity]);
    const without = Float32Array.of(0, -1);
    addFactors(without, Float32Array.of(-2, -Infinity), 0);
    expect([...without]).to.deep.equal([0, -Infinity]);
  });

  it('that leave no token at some position are found', () => {
    expect(emptyPosition(sequenceFactors(4, vocabulary), size)).to.equal(undefined);
    const factors = sequenceFactors(4, vocabulary);
    factors.fill(-Infinity, 2 * size, 3 * size);
    expect(emptyPosition(factors, size)).to.equal(2);
  });
});
