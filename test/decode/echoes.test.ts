import { expect } from 'chai';
import { dampEchoes } from '../../lib/decode/echoes.js';

describe('echoes', () => {
  it('reach 8 words back', () => {
    const line = Array.from({ length: 10 }, (_, i) => i + 1).reduce<{ token: number; parent: { token: number; parent: undefined } | undefined }>(
      (parent, token) => ({ token, parent: parent as { token: number; parent: undefined } }),
      { token: 0, parent: undefined },
    );
    const scores = new Float32Array(12);
    dampEchoes(scores, line, { nats: 2, isContent: Array<boolean>(12).fill(true) });
    expect([...scores]).to.deep.equal([0, 0, 0, -2, -2, -2, -2, -2, -2, -2, -2, 0]);
  });
});
