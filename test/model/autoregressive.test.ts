import { expect } from 'chai';
import fc from 'fast-check';
import { offeredOf } from '../../lib/decode/next-words.js';
import { openDevice } from '../../lib/engine/index.js';
import type { Device } from '../../lib/engine/types.js';
import { autoregressive } from '../../lib/model/causal/autoregressive.js';
import type { LanguageModel } from '../../lib/model/causal/language-model.js';
import { errorOf } from '../text/helpers.js';
import { freshCausalWeights, tinyCausalSize } from '../tiny-language-model.js';
import { vocabulary } from '../tiny-model.js';

const { pad, unk, start, end } = vocabulary;
const ids = (text: string) => text.split(' ').map((word) => vocabulary.id(word)!);
const expectClose = (found: ArrayLike<number>, expected: ArrayLike<number>, where = '') => {
  expect(found.length, where).to.equal(expected.length);
  Array.from(found).forEach((value, i) => {
    if (value !== expected[i]) expect(value, `${where} at ${i}`).to.be.closeTo(expected[i]!, 2e-4);
  });
};
const sumOf = (logProbs: Float32Array) => logProbs.reduce((sum, value) => sum + Math.exp(value), 0);

describe('an autoregressive model', () => {
  let device: Device;
  let model: LanguageModel;
  before(async () => {
    device = await openDevice('onnx-cpu');
    model = autoregressive(device, tinyCausalSize, vocabulary, freshCausalWeights());
  });
  after(() => device.dispose());

  it('gives probabilities that sum to 1, none to PAD and START, in any batch', async () => {
    const prefixes = [[], ids('The quiet pond'), ids('A heron waits by the'.replace('the', 'old')), [unk]];
    const rows = await model.nextLogProbs(prefixes);
    for (const [i, row] of rows.entries()) {
      expect(sumOf(row)).to.be.closeTo(1, 1e-5);
      expect([row[pad], row[start]]).to.deep.equal([-Infinity, -Infinity]);
      expectClose((await model.nextLogProbs([prefixes[i]!]))[0]!, row, `prefix ${i} alone`);
    }
    expect(await model.nextLogProbs([])).to.deep.equal([]);
    expect(new Set(rows.map((row) => row[end])).size, 'the prefix matters').to.equal(prefixes.length);
  });

  it('gives a text the sum of the costs of its tokens and END', async () => {
    const texts = ['The quiet heron sleeps .', 'A dragon waits', ''].map((text) => text.split(' ').filter((word) => word !== ''));
    const costs = await model.nats(texts);
    for (const [i, text] of texts.entries()) {
      const all = [...text.map((word) => vocabulary.id(word) ?? unk), end];
      const rows = await model.nextLogProbs(all.map((_, at) => all.slice(0, at)));
      const nats = -rows.reduce((sum, row, at) => sum + row[all[at]!]!, 0);
      expect(costs[i]!.nats, text.join(' ')).to.be.closeTo(nats, 1e-3);
      expect(costs[i]!.tokens).to.equal(text.length + 1);
    }
  });

  it('reads a text longer than its context in parts, each token once', async () => {
    const words = 'The old heron sleeps by the pond , and the green pond is quiet .'.split(' ');
    const room = tinyCausalSize.maxTokens - 1;
    const all = [...words.map((word) => vocabulary.id(word) ?? unk), end];
    const half = Math.floor(room / 2);
    const prefixOf = (at: number): number[] => (at < room ? all.slice(0, at) : all.slice(room - half, at)); // the second part starts half a part earlier
    expect(all.length).to.be.within(room + 1, 2 * room - half);
    const rows = await model.nextLogProbs(all.map((_, at) => prefixOf(at)));
    const [cost] = await model.nats([words]);
    expect(cost!.tokens).to.equal(all.length);
    expect(cost!.nats).to.be.closeTo(-rows.reduce((sum, row, at) => sum + row[all[at]!]!, 0), 1e-3);
  });

  it('decodes with a cache to the numbers of a full pass, with rows restarted on the way', async () => {
    const token = fc.integer({ min: 0, max: vocabulary.size - 1 }).filter((id) => id !== start && id !== pad);
    const rows = 3;
    const step = fc.array(fc.oneof({ weight: 9, arbitrary: token }, { weight: 1, arbitrary: fc.constant(start) }), { minLength: rows, maxLength: rows }); // prettier-ignore
    const decoder = model.decoder(rows, { unknown: true });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: tinyCausalSize.maxTokens - 1 }), async (steps) => {
        let prefixes: number[][] = [[], [], []];
        let found = await decoder.next([start, start, start]);
        for (const tokens of steps) {
          found = await decoder.next(tokens);
          prefixes = tokens.map((id, i) => (id === start ? [] : [...prefixes[i]!, id]));
        }
        const expected = await model.nextLogProbs(prefixes);
        found.forEach((row, i) => expectClose(row, expected[i]!, `row ${i} after ${prefixes[i]!.join(' ')}`));
      }),
      { numRuns: 25 },
    );
    decoder.dispose();
  });

  it('decodes beams to the numbers of a full pass, with searches that branch, die out, pause and restart', async () => {
    const token = fc.integer({ min: 0, max: vocabulary.size - 1 }).filter((id) => id !== start && id !== pad);
    const [searches, width] = [2, 3];
    const turn = fc.record({
      restarts: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      beams: fc.array(fc.record({ token, parent: fc.nat(9) }), { minLength: 1, maxLength: width }),
    });
    const step = fc.array(turn, { minLength: searches, maxLength: searches });
    const decoder = model.beamDecoder(searches, width, { unknown: true });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: tinyCausalSize.maxTokens - 1 }), async (steps) => {
        const begun = [{ token: start, from: 0 }];
        let prefixes: number[][][] = [[[]], [[]]];
        let found = await decoder.next([begun, begun]);
        for (const turns of steps) {
          const asked = turns.map(({ restarts, beams }, s) =>
            restarts ? begun : beams.map(({ token, parent }) => ({ token, from: parent % prefixes[s]!.length })),
          );
          prefixes = asked.map((own, s) =>
            own.map(({ token, from }) => (token === start ? [] : [...prefixes[s]![from]!, token])),
          );
          found = await decoder.next(asked);
        }
        const expected = await model.nextLogProbs(prefixes.flat());
        expect(found.map((own) => own.length)).to.deep.equal(prefixes.map((own) => own.length));
        found.flat().forEach((row, i) => expectClose(row, expected[i]!, prefixes.flat()[i]!.join(' ')));
      }),
      { numRuns: 25 },
    );
  });

  it('makes room for beams that share nothing', async () => {
    const width = 8; // that many times 12 tokens do not fit the slots at first
    const decoder = model.beamDecoder(1, width, { unknown: true });
    let found = await decoder.next([[{ token: start, from: 0 }]]);
    const prefixes: number[][] = Array.from({ length: width }, () => []);
    for (let at = 1; at < tinyCausalSize.maxTokens; at++) {
      const beams = prefixes.map((_, b) => ({ token: 5 + ((b + 3 * at) % 14), from: at === 1 ? 0 : b }));
      found = await decoder.next([beams]);
      beams.forEach(({ token }, b) => prefixes[b]!.push(token));
    }
    const expected = await model.nextLogProbs(prefixes);
    found[0]!.forEach((row, b) => expectClose(row, expected[b]!, `beam ${b}`));
  });

  it('gives beams the log-probabilities of offered words, whatever their order, and none to others', async () => {
    const offered = { ids: Int32Array.of(7, -1, 19, 5, 5, 4), shares: Float32Array.of(0, 0, 0, -0.5, -1, 0) };
    const decoder = model.beamDecoder(2, 2, { offered });
    const begun = [{ token: start, from: 0 }];
    await decoder.next([begun, begun]);
    const [own] = await decoder.next([[{ token: 8, from: 0 }, { token: 9, from: 0 }], []]); // prettier-ignore
    const expected = await model.nextLogProbs([[8], [9]]);
    own!.forEach((row, b) => {
      expectClose(row, offeredOf(expected[b]!, offered), `beam ${b}`);
      expect(row[1]).to.equal(-Infinity);
    });
  });

  it('gives the same numbers on tfjs-cpu and onnx-cpu, also in decoding', async () => {
    const oracle = await openDevice('tfjs-cpu');
    const same = autoregressive(oracle, tinyCausalSize, vocabulary, freshCausalWeights());
    const prefixes = [[], ids('The quiet pond')];
    const [expected, found] = [await model.nextLogProbs(prefixes), await same.nextLogProbs(prefixes)];
    found.forEach((row, i) => expectClose(row, expected[i]!, `prefix ${i}`));
    const decoder = same.decoder(2, { unknown: true });
    await decoder.next([start, start]);
    for (const id of prefixes[1]!.slice(0, -1)) await decoder.next([5, id]);
    const [first, second] = await decoder.next([start, prefixes[1]!.at(-1)!]);
    expectClose(first!, expected[0]!, 'restarted');
    expectClose(second!, expected[1]!, 'gone on');
    decoder.dispose();
    await oracle.dispose();
  });

  it('does not offer UNK to a sampler unless asked to', async () => {
    const decoder = model.decoder(1);
    const [row] = await decoder.next([start]);
    const [all] = await model.nextLogProbs([[]]);
    expect(row![unk]).to.equal(-Infinity);
    expect(sumOf(row!)).to.be.closeTo(1, 1e-5);
    expect(row![end]! - row![5]!).to.be.closeTo(all![end]! - all![5]!, 1e-4);
    decoder.dispose();
  });

  it('refuses too many rows or tokens, and unknown tokens and rows', async () => {
    const { maxTokens } = tinyCausalSize;
    const full = Array<number>(maxTokens - 1).fill(5);
    expect((await model.nextLogProbs([full]))[0]).to.have.length(vocabulary.size);
    expect(await errorOf(model.nextLogProbs([[], [...full, 5]]))).to.contain(
      '/1: expected at most 11 tokens after START, got 12',
    );
    expect(await errorOf(model.nextLogProbs([[99]]))).to.contain('/0: expected token ids below 20, got 99');
    const decoder = model.decoder(2);
    expect(await errorOf(decoder.next([start]))).to.contain('/tokens: expected one per row, 2, got 1');
    expect(await errorOf(decoder.next([start, 20]))).to.contain('/tokens/1: expected a whole number below 20, got 20');
    expect(await errorOf(decoder.next([start, 5]))).to.contain('row 1 has not started; expected START, got 5');
    for (let at = 0; at < maxTokens; at++) await decoder.next([at === 0 ? start : 5, start]);
    expect(await errorOf(decoder.next([5, start]))).to.contain('row 0 already holds 12 tokens');
    expect(await decoder.next([start, 5])).to.have.length(2);
    decoder.dispose();
  });

  it('refuses beams that continue none, have no room, or are too many', async () => {
    const decoder = model.beamDecoder(1, 2);
    const [begun, more] = [{ token: start, from: 0 }, { token: 5, from: 0 }]; // prettier-ignore
    expect(await errorOf(decoder.next([[more]]))).to.contain('/0/0/from: expected a beam of the step before');
    expect(await errorOf(decoder.next([[begun], [begun]]))).to.contain('expected the beams of 1 searches, got those of 2');
    expect(await errorOf(decoder.next([[begun, begun, begun]]))).to.contain('/0: expected at most 2 beams, got 3');
    await decoder.next([[begun]]);
    expect(await errorOf(decoder.next([[{ token: 20, from: 0 }]]))).to.contain('/0/0/token: expected a whole number below 20');
    expect(await errorOf(decoder.next([[more, begun]]))).to.contain('/0: expected beams of one length');
    for (let at = 1; at < tinyCausalSize.maxTokens; at++) await decoder.next([[more]]);
    expect(await errorOf(decoder.next([[more]]))).to.contain('/0: the beams already hold 12 tokens, the maximum');
    expect(await decoder.next([[begun]])).to.have.length(1);
  });
});

describe('the network of an autoregressive model', () => {
  it('does not see later tokens', async () => {
    const device = await openDevice('onnx-cpu');
    const { causalScores } = await import('../../lib/model/causal/causal-transformer.js');
    const length = 8;
    const program = await device.compile(
      (inputs) => ({ scores: causalScores(inputs, inputs['ids']!, tinyCausalSize) }),
      [{ name: 'ids', shape: [1, length], dtype: 'int32' }],
      freshCausalWeights(),
    );
    const scoresOf = async (tokens: readonly number[]) =>
      (await program.run({ ids: { dtype: 'int32', shape: [1, length], data: Int32Array.from(tokens) } }))['scores']!.data;
    const tokens = [start, ...ids('The old heron sleeps by the quiet pond .'.replace('the ', '')).slice(0, length - 1)];
    const before = await scoresOf(tokens);
    const size = vocabulary.size;
    for (let at = 1; at < length; at++) {
      const after = await scoresOf(tokens.with(at, 19));
      expect(Array.from(after.slice(0, at * size)), `token ${at}`).to.deep.equal(Array.from(before.slice(0, at * size)));
      expect(Array.from(after.slice(at * size)), `token ${at}`).to.not.deep.equal(Array.from(before.slice(at * size)));
    }
    await device.dispose();
  });
});
