import { expect } from 'chai';
import { dampEchoes } from '../../lib/decode/echoes.js';

interface Line {
  readonly token: number;
  readonly parent: Line | undefined;
}

describe('echoes', () => {
  it('reach 8 words back', () => {
    const start: Line = { token: 0, parent: undefined };
    const words = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const line = words.reduce<Line>((parent, token) => ({ token, parent }), start);
    const scores = new Float32Array(12);
    dampEchoes(scores, line, { nats: 2, isContent: Array<boolean>(12).fill(true) });
    expect([...scores]).to.deep.equal([0, 0, 0, -2, -2, -2, -2, -2, -2, -2, -2, 0]);
  });
});
