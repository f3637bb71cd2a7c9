import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fitBagOfWordsJudge, type LabelledText } from '../../lib/judges/controls/bag-of-words-judge.js';
import { classifyJudge } from '../../lib/judges/controls/classify.js';

import { keyOf, split, uniform } from '../../lib/base/random.js';
import { labelClassifierOf } from '../../lib/evaluate/judging.js';
import { JudgeUnavailable } from '../../lib/judges/judge.js';
import { loadCheckpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { saveGuideCheckpoint } from '../../lib/model/checkpoint/guide-checkpoint.js';
import { splitWords } from '../../lib/text/split-words.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

const WORDS = 'the a pond heron garden lamp waits finds green old near by'.split(' ');
const textOf = (i: number, ...own: string[]): string[] => {
  const numbers = uniform(split(keyOf(3), i), 6);
  return [...own, ...Array.from(numbers, (u) => WORDS[Math.floor(u * WORDS.length)]!)];
};

/** "good" and "not bad" are good; "not" and "bad" alone are not. */
const MOODS = [
  ['is', 'good', 'glad'],
  ['is', 'bad', 'sad'],
  ['not', 'good', 'sad'],
  ['not', 'bad', 'glad'],
] as const;
const moods: LabelledText[] = Array.from({ length: 200 }, (_, i) => {
  const [verb, word, label] = MOODS[i % 4]!;
  return { words: textOf(i, verb, word), label };
});

describe('a classifier of labels by words', () => {
  it('learns from pairs of words, in any case, and holds a fifth of the texts out', () => {
    const { labels, heldOut, probabilities } = fitBagOfWordsJudge(moods);
    expect(labels).to.deep.equal(['glad', 'sad']);
    expect(heldOut).to.deep.equal({ texts: 40, accuracy: 1 });
    const [glad, sad] = probabilities(splitWords('The heron is NOT good'));
    expect(sad).to.be.above(0.9);
    expect(glad! + sad!).to.be.closeTo(1, 1e-12);
  });

  it('reports low accuracy if the labels do not depend on the texts', () => {
    const blind = moods.map(({ words }, i) => ({ words, label: uniform(split(keyOf(4), i), 1)[0]! < 0.5 ? 'glad' : 'sad' }));
    expect(fitBagOfWordsJudge(blind).heldOut.accuracy).to.be.within(0.3, 0.7); // it has memorised the others
  });

  it('reports the evidence of each word: with the bias it adds up to the log-odds', () => {
    const { evidence, probabilities } = fitBagOfWordsJudge(moods);
    const oddsOf = (words: readonly string[]) => Math.log(probabilities(words)[0]! / probabilities(words)[1]!);
    const sumOf = (words: readonly string[]) => evidence(words, 'glad', 'sad').reduce((sum, { nats }) => sum + nats, 0);
    const bias = oddsOf(['unheard-of']); // neither the word nor its neighbours occur in training
    for (const text of ['the heron is good', 'Not bad , not bad at all', 'is is']) {
      const words = splitWords(text);
      expect(bias + sumOf(words), text).to.be.closeTo(oddsOf(words), 1e-9);
    }
    const [first, ...rest] = evidence(splitWords('the pond is not bad , not bad at all'), 'glad', 'sad');
    expect(first).to.deep.include({ start: 3, end: 5 }); // "not bad" at the first position
    expect(rest.map(({ nats }) => nats)).to.deep.equal(rest.map(({ nats }) => nats).sort((a, b) => b - a));
    expect(rest[0]!.nats).to.be.below(first!.nats);
  });

  it('requires texts and two labels', () => {
    expect(() => fitBagOfWordsJudge(moods.slice(0, 4))).to.throw('expected 5 texts or more of two labels or more, got 4 of 2');
    const same = moods.map(({ words }) => ({ words, label: 'glad' }));
    expect(() => fitBagOfWordsJudge(same)).to.throw('got 200 of 1');
  });
});

describe('the judge of classify', () => {
  const judge = classifyJudge(fitBagOfWordsJudge(moods));
  const texts = [splitWords('the heron is bad'), splitWords('the heron is good')];

  it('predicts the label of a text, and reports a different prediction', async () => {
    const scores = await judge.score(texts, [{ label: 'sad' }, { label: 'sad' }]);
    expect(scores.map(({ value }) => value)).to.deep.equal([1, 0]);
    expect(scores[1]!.detail).to.equal('reads as glad, not sad');
    const [mark, ...others] = scores[1]!.marks!;
    expect([mark!.start, mark!.end]).to.deep.equal([2, 4]); // "is good"
    expect(mark!.note).to.match(/^glad, \d\.\d nats$/);
    expect(others.length).to.be.below(3);
    expect(scores[0]!.also!['probability']).to.be.above(0.5);
    expect(scores[1]!.also!['probability']).to.be.below(0.5);
    expect(judge.by).to.equal('logistic regression on words and pairs of words, right on 100.0 % of 40 held-out texts');
  });

  it('checks labels, and says what it needs if it has none', async () => {
    expect(await errorOf(judge.score([['pond']], [{ label: 'spring' }]))).to.contain('/0/label').and.contain('(glad, sad), got "spring"'); // prettier-ignore
    const failed = await classifyJudge()
      .score(texts, [])
      .catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(JudgeUnavailable);
    expect(String(failed)).to.contain('--labels FILE');
  });
});

describe('the bag-of-words judge', () => {
  it('holds out the texts that it is told to, and learns from them too after it was measured', () => {
    const texts = ['glad', 'sad', 'glad', 'sad'].map((label, i): LabelledText => ({ label, words: [`w${i}`] }));
    const isHeld = (i: number) => i >= 2;
    const [apart, refitted] = [fitBagOfWordsJudge(texts, { isHeld }), fitBagOfWordsJudge(texts, { isHeld, refit: true })];
    expect(refitted.heldOut).to.deep.equal(apart.heldOut).and.include({ texts: 2 });
    expect(apart.evidence(['w2'], 'glad', 'sad').every(({ nats }) => Math.abs(nats) < 1e-9)).to.equal(true); // it knows no w2
    expect(refitted.probabilities(['w2'])[0]).to.be.above(0.6);
  });
});

describe('the labelled texts of a run', () => {
  const FILE = ['feel,line', ...moods.map(({ words, label }) => `${label},${words.join(' ')}`)].join('\n');
  const guides = [{ name: 'classify', via: 'gradient' } as const];

  it('are read as for the guide, from the labels file or a corpus with its columns', () =>
    withFolder(async (folder) => {
      const model = join(folder, 'model');
      await writeTinyModel(model);
      const checkpoint = await loadCheckpoint(model);
      const about = {
        format: 'diffusteer-guide',
        version: 1,
        guide: 'classify',
        via: 'gradient',
        denoiser: checkpoint.hash,
      } as const;
      const learnedFrom = { file: 'moods.csv', column: 'line', fields: { label: 'feel' } };
      const config = { ...about, classes: ['glad', 'sad'], learnedFrom };
      await saveGuideCheckpoint(join(model, 'guides/classify-gradient'), { config, tensors: {} }, { float16: false });
      const [labels, other] = [join(folder, 'moods.csv'), join(folder, 'other.csv')];
      await writeFile(labels, FILE);
      await writeFile(other, 'text\nA pond.\n');
      expect((await labelClassifierOf({ guides, checkpoint, split: splitWords }, { labels }))!.heldOut.accuracy).to.equal(1);
      expect((await labelClassifierOf({ guides, checkpoint, split: splitWords }, { corpus: labels }))!.labels).to.deep.equal([
        'glad',
        'sad',
      ]);
      expect(await labelClassifierOf({ guides, checkpoint, split: splitWords }, { corpus: other })).to.equal(undefined);
      expect(await labelClassifierOf({ guides, checkpoint, split: splitWords }, {})).to.equal(undefined);
      expect(await labelClassifierOf({ guides: [], checkpoint, split: splitWords }, { labels })).to.equal(undefined);
      expect(await errorOf(labelClassifierOf({ guides, checkpoint, split: splitWords }, { labels: other }))).to.contain(
        'other.csv',
      );
    }));
});
