import { expect } from 'chai';
import fc from 'fast-check';
import except from '../../guidance/except.js';
import { tf } from '../../lib/engine/index.js';
import { exceptJudge } from '../../lib/judges/controls/except.js';
import { contractModel as model, describeGuideContract } from '../guide-contract.js';

type Options = Parameters<typeof except.check>[0];

const lists = { animals: ['heron', 'frog'], signs: ['.', ','], none: [] };

describeGuideContract<Options>({
  factory: except,
  rows: [
    { lists, at: ['signs', '', 'animals'], nats: 3 },
    { lists, at: [], nats: 0.1 },
    { lists: { all: ['pond', 'no word of this model'] }, at: Array<string>(12).fill('all'), nats: 20 },
  ],
  nonsense: [{}, { lists }, { lists, at: [], nats: 0 }, { lists: { a: 'heron' }, at: [] }, { lists, at: 'animals' }],
});

describe('the guide except', () => {
  const context = { model, via: 'posterior', classes: [] } as const;
  const guide = except.create({ ...context, tf, tables: {}, states: () => tf.scalar(0) });

  it('makes a text less likely by as many nats as its judge finds words that should not be there', async () => {
    const words = ['heron', 'frog', 'pond', '.', ','].filter((word) => model.vocabulary.id(word) !== undefined);
    const at = fc.array(fc.constantFrom('', ...Object.keys(lists)), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(at, fc.array(fc.constantFrom(...words), { maxLength: 9 }), async (at, text) => {
        const { logUnary } = guide.factors({ lists, at, nats: 2 });
        const cost = text.reduce(
          (sum, word, i) => sum + logUnary[(i + 1) * model.vocabulary.size + model.vocabulary.id(word)!]!,
          0,
        );
        const [{ marks = [], value }] = (await exceptJudge.score([text], [{ lists, at }])) as [
          Awaited<ReturnType<typeof exceptJudge.score>>[0],
        ];
        expect(-cost).to.equal(2 * marks.length);
        expect(value === 1).to.equal(marks.length === 0);
      }),
    );
  });

  it('refuses lists that are not there, and more positions than a text has', () => {
    const problems = except.check(
      { lists, at: ['signs', 'trees', ...Array<string>(model.maxTokens).fill('')], nats: 1 },
      context,
    );
    expect(problems.map(({ path }) => path)).to.deep.equal(['/at/1', '/at']);
    expect(problems[0]!.message).to.equal('there is no list "trees"; expected "" or one of animals, signs, none');
    expect(problems[1]!.message).to.contain(`at most ${model.maxTokens - 2} positions`);
  });
});
