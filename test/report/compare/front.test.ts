import { expect } from 'chai';
import fc from 'fast-check';
import { paretoFront } from '../../../lib/report/compare/front.js';

describe('the Pareto front', () => {
  it('is the front marked by hand: more success costs more nats, the most fluent first', () => {
    const cheap = { success: 0.5, nats: 1.5 };
    const middle = { success: 0.8, nats: 2 };
    const dear = { success: 0.9, nats: 3 };
    const worse = { success: 0.7, nats: 2.5 }; // worse than the middle in both
    const asFluent = { success: 0.6, nats: 2 }; // as fluent as the middle, with less success
    const asGood = { success: 0.9, nats: 3.1 }; // as successful as the expensive one, and less fluent
    expect(paretoFront([asGood, dear, worse, cheap, asFluent, middle])).to.deep.equal([cheap, middle, dear]);
  });

  it('keeps two equal runs', () => {
    const [a, b] = [
      { success: 0.5, nats: 1 },
      { success: 0.5, nats: 1 },
    ];
    expect(paretoFront([a, b])).to.have.length(2);
  });

  it('rises with the nats, and leaves out only dominated runs', () => {
    const level = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.array(fc.record({ success: level, nats: level }), { maxLength: 12 }), (points) => {
        const front = paretoFront(points);
        for (let i = 1; i < front.length; i++) expect(front[i]!.success).to.be.at.least(front[i - 1]!.success);
        for (const p of points) {
          const isOn = front.includes(p);
          const isBeaten = front.some(
            (q) => q.success >= p.success && q.nats <= p.nats && (q.success !== p.success || q.nats !== p.nats),
          );
          expect(isOn).to.equal(!isBeaten);
        }
      }),
    );
  });
});
