import { expect } from 'chai';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openDevice } from '../../lib/engine/index.js';
import { judgeRun } from '../../lib/evaluate/judge.js';
import { languageFluency } from '../../lib/judges/fluency/language-fluency.js';
import { JudgeUnavailable } from '../../lib/judges/judge.js';
import { autoregressive } from '../../lib/model/causal/autoregressive.js';
import { saveLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { renderReport } from '../../lib/report/render-report.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { errorOf } from '../text/helpers.js';
import { writeTinyCausal } from '../tiny-causal-onnx.js';
import { freshCausalWeights, tinyCausalSize } from '../tiny-language-model.js';
import { tokenizer, vocabulary, withFolder } from '../tiny-model.js';

const words = (text: string) => text.split(' ').filter((word) => word !== '');
const about = { format: 'diffusteer-language-model', version: 1, ...tinyCausalSize } as const;

describe('the fluency judge of a trained language model', () => {
  it('gives the costs of its model, up to rounding to half precision, and names the model', () =>
    withFolder(async (folder) => {
      const weights = freshCausalWeights();
      await saveLanguageModel(folder, { config: about, tokenizer, weights });
      const judge = await languageFluency(folder);
      const texts = ['The quiet heron sleeps .', 'A quiet dragon', ''].map(words);
      const found = await judge.nats(texts);
      const device = await openDevice('onnx-cpu');
      const expected = await autoregressive(device, tinyCausalSize, vocabulary, weights).nats(texts);
      found.forEach(({ nats, tokens }, i) => {
        expect(nats).to.be.closeTo(expected[i]!.nats, 0.02);
        expect(tokens).to.equal(texts[i]!.length + 1);
      });
      expect(judge.name).to.equal('lm');
      expect(judge.by).to.match(new RegExp(`^autoregressive model ${basename(folder)} \\([0-9a-f]{8}\\)$`));
      await Promise.all([judge.stop(), device.dispose()]);
    }));

  it('gives no cost to texts of mostly unknown words, and leaves a gap in the report', () =>
    withFolder(async (folder) => {
      await saveLanguageModel(folder, { config: about, tokenizer, weights: freshCausalWeights() });
      const judge = await languageFluency(folder);
      const text = words('A submarine dives .');
      expect(await judge.nats([text, words('A quiet green pond .')])).to.have.length(2); // 2 of 9 words
      const refusal: unknown = await judge.nats([text]).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(JudgeUnavailable);
      expect((refusal as Error).message).to.contain('does not know 50 % of the words (submarine, dives)');
      const sample = { id: '0', target: {}, sample: 0, tokens: text, text: '', guides: {}, seed: 1 };
      const report = await judgeRun([sample], { options: [{}], fluency: [judge] });
      expect(report.fluency).to.deep.equal({});
      expect(report.gaps['lm']).to.contain('--lm');
      await judge.stop();
    }));

  it('appears in the report of a run next to references and held-out text', () =>
    withFolder(async (folder) => {
      await saveLanguageModel(folder, { config: about, tokenizer, weights: freshCausalWeights() });
      const judge = await languageFluency(folder);
      const sample = (text: string, i: number): SampleLine => ({ id: `0-${i}`, target: { ref: 'A pond .' }, sample: i, tokens: words(text), text, guides: {}, seed: 1 }); // prettier-ignore
      const [samples, heldOut] = [['The pond .', 'A quiet green heron waits'].map(sample), [words('The heron .')]];
      const report = await judgeRun(samples, { options: [{}, {}], fluency: [judge], heldOut });
      const all = await judge.nats([...samples.map(({ tokens }) => tokens), words('A pond .'), ...heldOut]);
      const perToken = (from: number, to: number) =>
        all.slice(from, to).reduce((sum, { nats }) => sum + nats, 0) / all.slice(from, to).reduce((sum, { tokens }) => sum + tokens, 0); // prettier-ignore
      const { natsPerToken, perplexity, references, heldOut: held } = report.fluency['lm']!;
      expect(natsPerToken.mean).to.be.closeTo(perToken(0, 2), 1e-4);
      expect(references).to.be.closeTo(perToken(2, 3), 1e-4);
      expect(held).to.be.closeTo(perToken(3, 4), 1e-4);
      expect(perplexity).to.be.closeTo(Math.exp(perToken(0, 2)), 1e-3);
      const lines = renderReport(report).replace(/ +/g, ' ').split('\n');
      expect(lines)
        .to.include(`nats per token (lm) ${natsPerToken.mean.toFixed(2)}`)
        .and.include(` perplexity ${perplexity.toFixed(2)}`);
      await judge.stop();
    }));
});

describe('the fluency judge of any causal language model', function () {
  this.timeout(20_000); // loads transformers.js

  /** -ln softmax of a row of the table with one score and zeros elsewhere. */
  const cost = (score: number, chosen: boolean, size: number) => Math.log(Math.exp(score) + size - 1) - (chosen ? score : 0);

  it('gives its tokens and the end costs computed by hand', () =>
    withFolder(async (folder) => {
      const { size } = await writeTinyCausal(folder, { '[SEP] the': 3, 'the river': 5, 'river [SEP]': 2 });
      const judge = await languageFluency(folder);
      const [river, otter, none] = await judge.nats(['the river', 'the otter', ''].map(words));
      expect(river).to.include({ tokens: 3 });
      expect(river!.nats).to.be.closeTo(cost(3, true, size) + cost(5, true, size) + cost(2, true, size), 1e-4);
      expect(otter!.nats).to.be.closeTo(cost(3, true, size) + cost(5, false, size) + Math.log(size), 1e-4);
      expect(none).to.include({ tokens: 1 });
      expect(none!.nats).to.be.closeTo(cost(3, false, size), 1e-4);
      expect([judge.name, judge.by]).to.deep.equal([basename(folder), `${basename(folder)}, by transformers.js`]);
      await judge.stop();
    }));

  it('reads texts of several lengths, more than a batch and longer than the context', () =>
    withFolder(async (folder) => {
      const { size } = await writeTinyCausal(folder, { '[SEP] the': 3, 'the river': 5, 'river the': 4, 'river [SEP]': 2 });
      const judge = await languageFluency(folder);
      const texts = Array.from({ length: 11 }, (_, i) => words('the river '.repeat(1 + ((i * 3) % 11))));
      const found = await judge.nats(texts);
      const back = Math.log(Math.exp(4) + Math.exp(2) + size - 2); // "river" may be followed by two tokens
      found.forEach(({ nats, tokens }, i) => {
        const pairs = texts[i]!.length / 2;
        const expected = cost(3, true, size) + pairs * cost(5, true, size) + (pairs - 1) * (back - 4) + (back - 2);
        expect(nats, `${pairs} pairs`).to.be.closeTo(expected, 1e-3);
        expect(tokens).to.equal(2 * pairs + 1);
      });
      await judge.stop();
    }));

  it('names the files that a folder lacks, and refuses other models', () =>
    withFolder(async (folder) => {
      const refusal = () => errorOf(languageFluency(folder));
      expect(await refusal()).to.contain('found neither');
      expect(await errorOf(languageFluency(join(folder, 'no')))).to.contain('there is no such folder');
      await writeTinyCausal(folder, {});
      const judge = await languageFluency(folder);
      await writeFile(join(folder, 'onnx/model.onnx'), 'no model');
      expect(await errorOf(judge.nats([['the']]))).to.contain('cannot load this causal language model');
      await judge.stop();
      await writeFile(join(folder, 'config.json'), '{"model_type":"gpt2"}');
      expect(await refusal()).to.contain('expected eos_token_id');
      await writeFile(join(folder, 'config.json'), '{');
      expect(await refusal()).to.contain('config.json is not JSON');
      await rm(join(folder, 'tokenizer.json'));
      expect(await refusal()).to.contain('lacks tokenizer.json');
    }));
});

describe('the language model in the package', () => {
  it('gives a sentence a higher probability than its words in another order', async () => {
    const judge = await languageFluency('models/judges/lm');
    const sentence = words('The Mill is a family friendly pub near the river .');
    const [right, backwards, swapped] = await judge.nats([
      sentence,
      sentence.toReversed(),
      words('The Mill is a family pub friendly near the river .'),
    ]);
    expect(right!.nats).to.be.below(swapped!.nats - 3);
    expect(swapped!.nats).to.be.below(backwards!.nats - 3);
    await judge.stop();
  });
});
