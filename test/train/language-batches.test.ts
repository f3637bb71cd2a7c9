import { expect } from 'chai';
import { openDevice } from '../../lib/engine/index.js';
import { autoregressive } from '../../lib/model/causal/autoregressive.js';
import { causalParams } from '../../lib/model/causal/causal-transformer.js';
import { keyOf, split } from '../../lib/base/random.js';
import { languageBatches, languageLoss, type LanguageRows } from '../../lib/train/judges/language-batches.js';
import { trainNetwork } from '../../lib/train/train-network.js';
import { freshCausalWeights, tinyCausalSize } from '../tiny-language-model.js';
import { floats, tensorsOf, vocabulary, withFolder } from '../tiny-model.js';

const { pad, start, end } = vocabulary;
const rows = ['The heron sleeps .', 'The old heron waits by the pond .', 'A quiet pond is green , old and green .', '.'].map(
  (text) => text.split(' '),
);
const set: LanguageRows = { size: tinyCausalSize, vocabulary, rows, batchSize: 4, wordDropout: 0, dropout: 0 };

describe('batches of a language model', () => {
  it('have the next token as the target of each token, and count only words and END', () => {
    const batchAt = languageBatches(set, keyOf(1));
    const { ids, targets, counts } = batchAt(3);
    const [batch, length] = ids!.shape as [number, number];
    const seen = Array.from({ length: batch }, (_, i) => {
      const part = (data: ArrayLike<number>) => Array.from(data).slice(i * length, (i + 1) * length);
      const [told, next, counted] = [part(ids!.data), part(targets!.data), part(counts!.data)];
      const size = counted.indexOf(0) < 0 ? length : counted.indexOf(0);
      expect(told[0]).to.equal(start);
      expect(next[size - 1]).to.equal(end);
      expect(told.slice(1, size)).to.deep.equal(next.slice(0, size - 1));
      expect([...told.slice(size), ...next.slice(size)].every((id) => id === pad)).to.equal(true);
      expect(counted.slice(size).every((count) => count === 0)).to.equal(true);
      return next.slice(0, size - 1).map((id) => vocabulary.tokens[id]).join(' '); // prettier-ignore
    });
    const known = (words: readonly string[]) => words.map((word) => (vocabulary.id(word) === undefined ? 'UNK' : word)).join(' ');
    seen.forEach((text) => expect(rows.map(known)).to.include(text));
    expect(batchAt(3)).to.deep.equal({ ids, targets, counts });
  });

  it('contain every row once per epoch', () => {
    const many = Array.from({ length: 64 }, (_, i) => Array<string>(1 + (i % 8)).fill(vocabulary.tokens[4 + (i % 16)]!));
    const batchAt = languageBatches({ ...set, rows: many }, keyOf(2));
    const texts = (from: number) =>
      Array.from({ length: 16 }, (_, step) => {
        const { targets } = batchAt(from + step);
        return Array.from({ length: 4 }, (_, i) => {
          const width = targets!.shape[1]!;
          return Array.from(targets!.data.slice(i * width, (i + 1) * width)).filter((id) => id !== pad && id !== end).map((id) => vocabulary.tokens[id]).join(' '); // prettier-ignore
        });
      }).flat();
    const all = many.map((words) => words.join(' ')).sort();
    expect(texts(0).sort()).to.deep.equal(all);
    expect(texts(16).sort()).to.deep.equal(all);
    expect(texts(16)).to.not.deep.equal(texts(0));
  });

  it('mask the given share of words, never START, and keep the targets', () => {
    const plain = languageBatches(set, keyOf(1));
    const hiding = languageBatches({ ...set, wordDropout: 0.5 }, keyOf(1));
    let [hidden, told] = [0, 0];
    for (let step = 0; step < 40; step++) {
      const [whole, holed] = [plain(step), hiding(step)];
      expect(holed['targets']).to.deep.equal(whole['targets']);
      whole['ids']!.data.forEach((id, i) => {
        const now = holed['ids']!.data[i]!;
        if (id === start || id === pad) expect(now).to.equal(id);
        else if (now === pad) hidden++;
        else expect(now).to.equal(id);
        if (id !== start && id !== pad) told++;
      });
    }
    expect(hidden / told).to.be.within(0.44, 0.56);
  });

  it('have dropout factors with mean 1', () => {
    const { kept } = languageBatches({ ...set, dropout: 0.25 }, keyOf(1))(0);
    const values = [...kept!.data];
    expect(new Set(values.map((value) => value.toFixed(4)))).to.deep.equal(new Set(['0.0000', '1.3333']));
    expect(values.reduce((a, b) => a + b, 0) / values.length).to.be.within(0.85, 1.15);
  });
});

describe('training of a language model', () => {
  it('lowers the cost that the model gives its texts, by the same measure', () =>
    withFolder(async (folder) => {
      const device = await openDevice('onnx-cpu');
      const parameters = causalParams(tinyCausalSize);
      const costs: number[] = [];
      const losses: number[] = [];
      await trainNetwork(
        {
          ...{ folder, device, parameters, seed: 1, fingerprint: 'x', checkpointMinutes: 60, measureEvery: 30 },
          loss: languageLoss(tinyCausalSize),
          batchAt: languageBatches({ ...set, dropout: 0.1, wordDropout: 0.05 }, keyOf(1)),
          optimizer: { steps: 60, peakLearningRate: 0.02, warmupSteps: 5, betas: [0.9, 0.99], weightDecay: 0, clipNorm: 1, emaDecay: 0.8 }, // prettier-ignore
          async measure(weights) {
            const all = await autoregressive(device, tinyCausalSize, vocabulary, weights).nats(rows);
            const total = all.reduce((sum, { nats }) => sum + nats, 0) / all.reduce((sum, { tokens }) => sum + tokens, 0);
            costs.push(total);
            return {};
          },
          saveModel: () => Promise.resolve(),
        },
        { onStep: ({ loss }) => losses.push(loss) },
      );
      await device.dispose();
      expect(losses[0]).to.be.above(2);
      expect(costs[1]).to.be.below(1).and.below(costs[0]!);
    }));

  it('has a loss equal to the cost by the trained model', async () => {
    const device = await openDevice('onnx-cpu');
    const weights = freshCausalWeights();
    const batch = languageBatches(set, split(keyOf(1), 'batches'))(0);
    const texts = Array.from({ length: 4 }, (_, i) => {
      const length = batch['targets']!.shape[1]!;
      const row = Array.from(batch['targets']!.data.slice(i * length, (i + 1) * length));
      return row.slice(0, row.indexOf(end)).map((id) => vocabulary.tokens[id]!);
    });
    const costs = await autoregressive(device, tinyCausalSize, vocabulary, weights).nats(texts);
    // the loss includes PAD and START in the softmax, the model never does
    const without = { ...weights, prior: floats([vocabulary.size], weights['prior']!.data.map((value, id) => (id === pad || id === start ? -1e4 : value))) }; // prettier-ignore
    const loss = languageLoss(tinyCausalSize)(tensorsOf(without), tensorsOf(batch)).dataSync()[0]!;
    const mean = costs.reduce((sum, { nats }) => sum + nats, 0) / costs.reduce((sum, { tokens }) => sum + tokens, 0);
    expect(loss).to.be.closeTo(mean, 1e-4);
    await device.dispose();
  });
});
