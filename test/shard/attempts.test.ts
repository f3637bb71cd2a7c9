import { expect } from 'chai';
import fc from 'fast-check';
import { keyOf, seedOf, split, uniform } from '../../lib/base/random.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import type { Trace } from '../../lib/run/trace.js';
import { inAttempts } from '../../lib/shard/attempts.js';
import { doubtsOf, leastDoubtful } from '../../lib/shard/joint-texts.js';
import type { BatchTexts, ShardText } from '../../lib/shard/batch-texts.js';

describe('texts in attempts', () => {
  const textsOf = (count: number, candidates: number): ShardText[] =>
    Array.from({ length: count }, (_, text) => {
      const keys = Array.from({ length: candidates }, (_, candidate) => split(keyOf(text), 'candidate', candidate));
      return { keys } as unknown as ShardText;
    });
  const doubtOf = (key: ShardText['keys'][number]): number => 20 * uniform(key, 1)[0]!;

  /** Makes batches in which the doubt of a candidate follows from its key alone. */
  function maker(rows: number) {
    const batches: BatchTexts[] = [];
    const make = async (batch: BatchTexts) => {
      batches.push(batch);
      const used = batch.texts.reduce((sum, { keys }) => sum + keys.length, 0);
      const size = used + batch.filler.length;
      const sizes = batches.length === 1 ? [rows] : [rows, rows / 2, rows / 4, rows / 8].map(Math.floor);
      expect(sizes, 'rows of a batch').to.include(size);
      if (size < rows) expect(batch.filler.length, 'rows that fill up').to.be.below(batch.texts.length);
      const best = batch.texts.map(({ keys }) => keys.reduce((a, b) => (doubtOf(b) < doubtOf(a) ? b : a)));
      const lines = best.map((key) => ({ id: `${seedOf(key)}` }) as SampleLine);
      const traces = async () => lines.map(({ id }) => ({ id }) as Trace);
      return { lines, doubts: best.map(doubtOf), ids: best.map(() => new Int32Array()), traces };
    };
    return { make, batches };
  }

  it('samples until a text is good enough or has had all candidates, and keeps the least doubtful', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        async (count, candidates, spare, enough) => {
          const rows = count + spare;
          const texts = textsOf(count, candidates);
          const filler = Array.from({ length: spare }, (_, i) => keyOf(1000 + i));
          const { make, batches } = maker(rows);
          const { lines, traces } = await inAttempts(make, { texts, filler }, { rows, enough }, { traced: count });
          texts.forEach(({ keys }, t) => {
            const { of, score } = lines[t]!.chosen!;
            const tried = keys.slice(0, of).map(doubtOf);
            expect(-score).to.be.closeTo(Math.min(...tried), 1e-3);
            expect(lines[t]!.id).to.equal(`${seedOf(keys[tried.indexOf(Math.min(...tried))]!)}`);
            if (Math.min(...tried) > enough) expect(of, 'all were tried').to.equal(candidates);
            if (of > 1) expect(tried[0], 'the first was too doubtful').to.be.above(enough);
          });
          expect((await traces()).map(({ id }) => id)).to.deep.equal(lines.map(({ id }) => id));
          const used = batches.flatMap((batch) => batch.texts.flatMap(({ keys }) => keys.map(seedOf)));
          expect(new Set(used).size, 'no candidate twice').to.equal(used.length);
        },
      ),
      { numRuns: 100 },
    ));

  it('start further candidates from the least doubtful text so far if they repair', async () => {
    const { make, batches } = maker(4);
    const own = async (batch: BatchTexts) => {
      const made = await make(batch);
      return { ...made, ids: made.lines.map(({ id }) => Int32Array.of(Number(id))) };
    };
    const texts = textsOf(3, 4);
    const { lines } = await inAttempts(own, { texts, filler: [keyOf(9)] }, { rows: 4, enough: 0, repairs: true }, {});
    const starts = batches.map((batch) => batch.texts.map(({ repaired }) => repaired?.[0]));
    expect(starts[0], 'from noise alone').to.deep.equal([undefined, undefined, undefined]);
    texts.forEach(({ keys }, t) => {
      for (let attempt = 1; attempt < 4; attempt++) {
        const best = keys.slice(0, attempt).reduce((a, b) => (doubtOf(b) < doubtOf(a) ? b : a));
        expect(starts[attempt]![t]).to.equal(Int32Array.of(seedOf(best))[0]);
      }
      expect(lines[t]!.chosen!.of).to.equal(4);
    });
  });

  it('report progress that never falls and ends at the last step', async () => {
    const seen: number[] = [];
    const { make } = maker(5);
    const stepping: typeof make = async (batch, hooks?: { onStep?(done: number, of: number): void }) => {
      for (let step = 1; step <= 8; step++) hooks?.onStep?.(step, 8);
      return make(batch);
    };
    await inAttempts(
      stepping,
      { texts: textsOf(3, 4), filler: [keyOf(1), keyOf(2)] },
      { rows: 5, enough: 0 },
      { onStep: (done) => seen.push(done) },
    );
    expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).to.equal(8);
    expect(seen[7], 'half after the first candidate').to.equal(4);
  });

  it('are as doubtful as their three least likely tokens and what the gradient guides say, per weight of a model', () => {
    const text = (...gains: number[]) => ({ ids: new Int32Array(), score: 0, gains });
    const found = new Map([
      [0, text(-1, -9, -2, -3)],
      [1, text(-4, -4, -4, -1)],
      [3, text(-6, -6, -6)],
    ]);
    const said = { attribute: Float32Array.of(-5, -0.5, -99, 0) };
    const doubts = doubtsOf(found, said, { weight: 2 });
    expect([...doubts]).to.deep.equal([[0, (14 + 2 * 5) / 3], [1, (12 + 2 * 0.5) / 3], [3, 6]]); // prettier-ignore
    expect(leastDoubtful(doubts, [[0, 1], [3], [0]])).to.deep.equal([1, 3, 0]);
    expect([...doubtsOf(found, said, { weight: 0.5 })][0]).to.deep.equal([0, (14 + 5) / 1.5]);
  });
});
