import { expect } from 'chai';
import { drawToken } from '../../lib/baseline/draw.js';

const logs = (probs: readonly number[]) => Float32Array.from(probs, Math.log);
const all = { temperature: 1, topP: 1 };

describe('drawing a token', () => {
  it('maps uniform numbers to tokens in order of probability, each for its share', () => {
    const row = logs([0.2, 0.5, 0, 0.3]);
    expect([0, 0.49, 0.51, 0.79, 0.81, 0.999].map((u) => drawToken(row, all, u))).to.deep.equal([1, 1, 3, 3, 0, 0]);
  });

  it('never draws impossible tokens, and accepts unnormalised probabilities', () => {
    const row = Float32Array.of(-Infinity, 7, -Infinity);
    expect([0, 0.5, 1 - 2 ** -53].map((u) => drawToken(row, all, u))).to.deep.equal([1, 1, 1]);
  });

  it('draws from the smallest nucleus that holds the share', () => {
    const row = logs([0.2, 0.5, 0.05, 0.25]);
    const drawn = (topP: number) =>
      new Set(Array.from({ length: 100 }, (_, i) => drawToken(row, { temperature: 1, topP }, i / 100)));
    expect([...drawn(0.49)]).to.deep.equal([1]);
    expect([...drawn(0.7)].sort()).to.deep.equal([1, 3]);
    expect([...drawn(0.96)].sort()).to.deep.equal([0, 1, 2, 3]);
  });

  it('sharpens below temperature 1: 0.6 and 0.4 become 0.69 and 0.31 at one half', () => {
    const row = logs([0.6, 0.4]);
    expect(drawToken(row, { temperature: 0.5, topP: 1 }, 0.68)).to.equal(0);
    expect(drawToken(row, { temperature: 0.5, topP: 1 }, 0.7)).to.equal(1);
  });
});
