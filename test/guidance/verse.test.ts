import { expect } from 'chai';
import fc from 'fast-check';
import metre from '../../guidance/metre.js';
import rhyme from '../../guidance/rhyme.js';
import syllables from '../../guidance/syllables.js';
import { accepts, emptiness, overSequences } from '../../lib/automaton/index.js';
import { tf } from '../../lib/engine/index.js';
import type { GuideContext, GuideFactory, ModelInfo, PosteriorGuide } from '../../lib/guide/contract.js';
import { sequenceFactors } from '../../lib/guide/factors.js';
import { metreJudge, rhymeJudge, syllablesJudge } from '../../lib/judges/controls/verse.js';
import type { Judge } from '../../lib/judges/judge.js';
import { joinWords } from '../../lib/text/join-words.js';
import { loadPronunciations } from '../../lib/text/pronunciation.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

type Syllables = Parameters<typeof syllables.check>[0];
type Metre = Parameters<typeof metre.check>[0];
type Rhyme = Parameters<typeof rhyme.check>[0];

const [refuse, guess] = [{ unknown: 'refuse' }, { unknown: 'guess' }] as const;

describeGuideContract<Syllables>({
  factory: syllables,
  rows: [
    { syllables: 4, ...refuse },
    { syllables: { min: 2, max: 5 }, ...guess },
  ],
  nonsense: [{}, { syllables: 0 }, { syllables: [] }, { syllables: [5, 0] }, { syllables: 'haiku' }],
});
describeGuideContract<Metre>({
  factory: metre,
  rows: [{ metre: ['x/', './x'], ...refuse }],
  nonsense: [{}, { metre: '' }, { metre: 'iambic' }, { metre: [] }],
});
describeGuideContract<Rhyme>({
  factory: rhyme as GuideFactory<Rhyme>,
  rows: [{ lines: [2, { min: 1, max: 3 }], scheme: '-a', with: 'fond', ...refuse }],
  nonsense: [{ with: 3 }, { lines: [] }, { scheme: 'AA' }],
});

describe('the guides of verse', () => {
  const words = "the old river pond fond fire flower do n't 's Zog , \" deliver liver begin record night knight kite quite the".split(' '); // prettier-ignore
  const vocabulary = vocabularyOf([...new Set(words)]);
  const model: ModelInfo = { ...contractModel, vocabulary, detokenize: joinWords };
  const context: GuideContext = { tf, model, via: 'posterior', classes: [], tables: {}, states: () => tf.scalar(0) };
  const idsOf = (text: readonly string[]) => text.map((word) => vocabulary.id(word)!);
  const texts = fc.array(fc.array(fc.constantFrom(...vocabulary.tokens.slice(4)), { maxLength: 7 }), {
    minLength: 30,
    maxLength: 30,
  });

  /** Claims that the automaton of a guide accepts the texts that its judge finds right. */
  async function agrees<O>(
    guide: PosteriorGuide<O>,
    judge: Judge,
    rows: readonly O[],
    all: readonly string[][],
  ): Promise<number> {
    let right = 0;
    await guide.open!(rows);
    for (const row of rows) {
      const { automaton } = guide.factors(row);
      const scores = await judge.score(all, all.map(() => row)); // prettier-ignore
      all.forEach((one, i) => {
        const holds = accepts(automaton!, idsOf(one));
        right += holds ? 1 : 0;
        expect(holds, `${JSON.stringify(row)} ${one.join(' ')}`).to.equal(scores[i]!.value === 1);
      });
    }
    return right;
  }

  it('accept the texts that their judges read as verse', async () => {
    const few = ['river', 'liver', 'fire', 'do', "n't", ',', 'night', 'knight', 'kite', 'Zog', 'begin'];
    const all = (length: number): string[][] =>
      length === 0 ? [[]] : [[], ...all(length - 1).flatMap((rest) => few.map((word) => [word, ...rest]))];
    const short = all(3);
    const right = [
      await agrees(syllables.create(context), syllablesJudge, [{ syllables: 3, ...refuse }, { syllables: [2, 1], ...guess }, { syllables: { max: 2 }, ...refuse }], short), // prettier-ignore
      await agrees(
        metre.create(context),
        metreJudge,
        [
          { metre: '/x/', ...refuse },
          { metre: ['x/', '.'], ...guess },
        ],
        short,
      ),
      await agrees(rhyme.create(context), rhymeJudge, [{ with: 'deliver', ...refuse }, { lines: [2, 2], ...refuse }, { lines: [1, { min: 1, max: 2 }], scheme: 'aa', with: 'quite', ...guess }], short), // prettier-ignore
    ];
    expect(right.every((count) => count > 10), `${right}`).to.equal(true); // prettier-ignore
  }).timeout(20_000);

  it('accept longer texts that their judges read as verse, and no others', async () => {
    const [ofSyllables, ofMetre, ofRhyme] = [syllables.create(context), metre.create(context), rhyme.create(context)];
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        await agrees(
          ofSyllables,
          syllablesJudge,
          [
            { syllables: [3, 4], ...refuse },
            { syllables: { min: 4 }, ...guess },
          ],
          all,
        );
        await agrees(ofMetre, metreJudge, [{ metre: ['x/x/', '/./'], ...refuse }], all);
        await agrees(ofRhyme, rhymeJudge, [{ lines: [{ min: 1, max: 2 }, 3, 2], scheme: 'a-a', ...refuse }], all);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  }).timeout(20_000);

  const allows = async <O>(guide: PosteriorGuide<O>, row: O, text: string): Promise<boolean> => {
    await guide.open!([row]);
    return accepts(guide.factors(row).automaton!, idsOf(text.split(' ')));
  };

  it('say a word by any of its pronunciations, and contractions as one word', async () => {
    const guide = syllables.create(context);
    expect(await allows(guide, { syllables: 1, ...refuse }, 'fire')).to.equal(true);
    expect(await allows(guide, { syllables: 2, ...refuse }, 'fire')).to.equal(true);
    expect(await allows(guide, { syllables: 3, ...refuse }, 'fire')).to.equal(false);
    expect(await allows(guide, { syllables: 1, ...refuse }, "do n't")).to.equal(true);
    expect(await allows(guide, { syllables: 2, ...refuse }, "do n't")).to.equal(false);
    expect(await allows(metre.create(context), { metre: '/x', ...refuse }, 'record'), 'the noun').to.equal(true);
    expect(await allows(metre.create(context), { metre: 'x/', ...refuse }, 'record'), 'the verb').to.equal(true);
    expect(await allows(metre.create(context), { metre: '/x', ...refuse }, 'begin')).to.equal(false);
  });

  it('refuse unknown words or guess their syllables, and say how many there are', async () => {
    const guide = syllables.create(context);
    expect(await allows(guide, { syllables: 2, ...refuse }, 'old Zog')).to.equal(false);
    expect(await allows(guide, { syllables: 2, ...guess }, 'old Zog')).to.equal(true);
    expect(guide.notices!([{ syllables: 2, ...refuse }])[0])
      .to.contain('1 words of the vocabulary')
      .and.contain('"Zog"');
    expect(guide.notices!([{ syllables: 2, ...guess }])).to.deep.equal([]);
  });

  it('show the lines of a text with the signs that close or open them', async () => {
    const guide = syllables.create(context);
    const row = { syllables: [3, 2, 2], ...refuse };
    await guide.open!([row]);
    const text = 'the river , " old pond " river'.split(' ');
    expect(guide.lines!(row, text)).to.deep.equal(['the river,', '"old pond"', 'river']);
  });

  it('rhyme by perfect rhymes of different words', async () => {
    const guide = rhyme.create(context);
    for (const [word, last, holds] of [
      ['pond', 'fond', true],
      ['pond', 'pond', false],
      ['knight', 'night', false],
      ['night', 'kite', true],
      ['deliver', 'river', true],
      ['river', 'flower', false],
    ] as const)
      expect(await allows(guide, { with: word, ...refuse }, `Zog the old ${last} ,`), `${word} ${last}`).to.equal(holds);
    expect(await allows(guide, { lines: [2, 1, 1], scheme: 'aaa', ...refuse }, 'the night kite quite')).to.equal(true);
    expect(await allows(guide, { lines: [2, 1, 1], scheme: 'aaa', ...refuse }, 'the night kite night')).to.equal(false);
  });

  it('refuse rhymes that cannot be', async () => {
    const refused = (given: string) => rhyme.create(context).open!([{ with: given, ...refuse }]).then(() => '', String); // prettier-ignore
    expect(await refused('Zog')).to.contain('the pronouncing dictionary has no "Zog"');
    expect(await refused('orange')).to.contain('no word of the vocabulary of this model rhymes with "orange"');
    const problems = (row: Partial<Rhyme>) =>
      rhyme
        .check({ ...refuse, ...row }, { model, via: 'posterior', classes: [] })
        .map(({ path, message }) => `${path} ${message}`);
    expect(problems({})[0]).to.contain('/with expected a word to rhyme with, or "lines"');
    expect(problems({ scheme: 'aa', with: 'pond' })[0]).to.contain('/scheme gives a letter');
    expect(problems({ lines: [2, 2], scheme: 'aba' })[0]).to.contain('/scheme expected a letter for each of 2 lines, got 3');
    expect(problems({ lines: [2, 2], scheme: 'ab' })[0]).to.contain('"a" and "b" stands for one line only');
    expect(problems({ lines: [2, 2], with: ['pond', 'fond'] })[0]).to.contain('/with expected a word for each of the 1 rhymes');
    expect(problems({ lines: [{ min: 3, max: 2 }], with: 'pond' })[0]).to.contain('/lines/0 expected min at most max');
    expect(problems({ lines: [2, 2] })).to.deep.equal([]);
  });

  it('leave a text that fits the model', async () => {
    const guide = rhyme.create(context);
    const row = { lines: [4, 4], ...refuse };
    await guide.open!([row]);
    const automaton = overSequences(guide.factors(row).automaton!, vocabulary);
    expect(emptiness(automaton, sequenceFactors(14, vocabulary))).to.equal(undefined);
  });
});

describe('loadPronunciations', () => {
  it('finds all pronunciations, words without accents, compounds and contractions', async () => {
    const pronounce = await loadPronunciations();
    expect(pronounce('Record')).to.include('R AH0 K AO1 R D').and.include('R EH1 K ER0 D');
    expect(pronounce('café')).to.deep.equal(pronounce('cafe')).and.not.deep.equal([]);
    expect(pronounce('mid-price')).to.deep.equal(['M IH1 D P R AY1 S']);
    expect(pronounce('do', "n't")).to.include('D OW1 N T');
    expect(pronounce('zebra', "'s")).to.deep.equal(['Z IY1 B R AH0 Z']);
    expect(pronounce('box', '’s')).to.include('B AA1 K S IH0 Z');
    expect(pronounce('20')).to.deep.equal([]);
    expect(pronounce('Zizzi')).to.deep.equal([]);
    expect(pronounce('aalto'), 'without the comment of the dictionary').to.deep.equal(['AA1 L T OW2']);
  });

  it('guesses syllables by groups of vowels', async () => {
    const pronounce = await loadPronunciations('guess');
    for (const [word, count] of [
      ['Zizzi', 2],
      ['blorple', 2],
      ['snarfed', 1],
      ['Fitzbillies', 3],
      ['glorted', 2],
      ['frumpole', 2],
      ['brrr', 1],
    ] as const)
      // prettier-ignore
      expect(pronounce(word)[0]!.split(' '), word).to.have.length(count);
    expect(pronounce('L20')).to.deep.equal([]);
  });
});
