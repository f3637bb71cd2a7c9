import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import only from '../../guidance/only.js';
import { inflectionsOf } from '../../guidance/parts/inflections.js';
import { accepts } from '../../lib/automaton/index.js';
import { pathsIn } from '../../lib/config/index.js';
import { tf } from '../../lib/engine/index.js';
import type { GuideFactory, ModelInfo } from '../../lib/guide/contract.js';
import { onlyJudge } from '../../lib/judges/controls/only.js';
import { joinWords } from '../../lib/text/join-words.js';
import { vocabularyOf } from '../../lib/text/vocabulary.js';
import { contractModel, describeGuideContract } from '../guide-contract.js';

type Options = Parameters<typeof only.check>[0];

const flags = { inflections: false, names: false, numbers: false, punctuation: true, ignoreCase: true };

describeGuideContract<Options>({
  factory: only as GuideFactory<Options>,
  rows: [
    { ...flags, words: ['pond', 'the old heron'] },
    { ...flags, words: ['Sleep'], inflections: true, punctuation: false },
  ],
  nonsense: [{ words: 'pond' }, { words: [''] }, { file: 3 }, { words: ['pond'], where: { a: 1 } }],
});

const create = (model: ModelInfo) =>
  only.create({ tf, model, via: 'posterior', classes: [], tables: {}, states: () => tf.scalar(0) });

describe('the guide only', () => {
  const words = "The the cat Cat sleeps slept sleeping Tom tom Ann 3 , n't do did ice cream".split(' ');
  const vocabulary = vocabularyOf(words);
  const model: ModelInfo = { ...contractModel, vocabulary, detokenize: joinWords };
  const guide = create(model);
  const allows = (options: Partial<Options>, text: readonly string[]) =>
    accepts(
      guide.factors({ ...flags, ...options }).automaton!,
      text.map((word) => vocabulary.id(word)!),
    );

  it('accepts the texts whose words its judge finds on the list', async () => {
    const entry = fc.constantFrom('the', 'Cat', 'sleep', 'do', 'not', 'ice cream', 'cream', 'cat sleeps', 'tom');
    const list = fc.uniqueArray(entry, { minLength: 1, maxLength: 4 });
    const text = fc.array(fc.constantFrom(...words), { maxLength: 5 });
    const flag = fc.boolean();
    const given = fc.record({ words: list, inflections: flag, numbers: flag, punctuation: flag, ignoreCase: flag });
    await fc.assert(
      fc.asyncProperty(given, fc.array(text, { minLength: 10, maxLength: 10 }), async (options, texts) => {
        const row = { ...flags, ...options };
        fc.pre(only.check(row, { model, via: 'posterior', classes: [] }).length === 0);
        const scores = await onlyJudge().score(texts, texts.map(() => row)); // prettier-ignore
        texts.forEach((one, i) => expect(allows(row, one), JSON.stringify([row, one])).to.equal(scores[i]!.value === 1));
      }),
    );
  });

  it('allows names, numbers and signs by option, and phrases as a whole', () => {
    expect(allows({ words: ['cat'] }, ['Ann', 'cat'])).to.equal(false);
    expect(allows({ words: ['cat'], names: true }, ['Ann', 'cat'])).to.equal(true);
    expect(allows({ words: ['cat'], names: true }, ['Tom', 'cat']), 'the vocabulary has tom too').to.equal(false);
    expect(allows({ words: ['cat'] }, ['cat', ',', '3'])).to.equal(false);
    expect(allows({ words: ['cat'], numbers: true }, ['cat', ',', '3'])).to.equal(true);
    expect(allows({ words: ['cat'], punctuation: false }, ['cat', ','])).to.equal(false);
    expect(allows({ words: ['ice cream'] }, ['ice', 'cream', 'ice', 'cream'])).to.equal(true);
    expect(allows({ words: ['ice cream'] }, ['ice', 'ice', 'cream'])).to.equal(false);
  });

  it('makes the inflected forms by rule and by table', () => {
    const forms = (base: string) => [...new Set(inflectionsOf(base))].join(' ');
    expect(forms('visit')).to.equal('visits visited visitted visiting visitting');
    expect(forms('stop')).to.equal('stops stopped stopping');
    expect(forms('carry')).to.equal('carries carried carrying');
    expect(forms('watch')).to.equal('watches watched watching');
    expect(forms('like')).to.equal('likes liked liking');
    expect(forms('die')).to.equal('dies died dying');
    expect(forms('see')).to.equal('saw seen sees seeing');
    expect(forms('go')).to.equal('goes went gone going');
    expect(forms('put')).to.equal('puts putting');
    expect(forms('it')).to.equal('');
    expect(forms('not')).to.contain("n't");
  });

  it('has forms whose bases the judge finds, and no others', async () => {
    const bases = 'stop visit carry play like free die see watch bus go echo win plan be mix fix run cry agree dye box tomato hop hope'.split(' '); // prettier-ignore
    const forms = [...new Set(bases.flatMap((base) => [base, ...inflectionsOf(base)])), 'stoped', 'hoping', 'wined', 'carryed', 'boxs', 'planing', 'agreeed', 'seed']; // prettier-ignore
    for (const base of bases) {
      const row = { ...flags, words: [base], inflections: true };
      const scores = await onlyJudge().score(forms.map((form) => [form]), forms.map(() => row)); // prettier-ignore
      const found = forms.filter((_, i) => scores[i]!.value === 1);
      const made = [base, ...inflectionsOf(base)];
      expect(found, base).to.deep.equal(forms.filter((form) => made.includes(form)));
    }
  });

  it('reads files and columns, counts unknown words in a notice, and refuses a list without a known word', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'only-'));
    try {
      const [list, csv, none] = ['list.txt', 'list.csv', 'none.txt'].map((name) => join(folder, name)) as [string, string, string]; // prettier-ignore
      await writeFile(list, '# animals\ncat # one\n\nzebra\nice cream\n');
      await writeFile(csv, 'word,level\nthe/a,A1\ncat,b1\nsleeps,C1\n');
      await writeFile(none, 'zebra\n');
      const [ofList, ofCsv] = [
        { ...flags, file: list },
        { ...flags, file: csv, column: 'word', where: { level: ['A1', 'B1'] } },
      ];
      await guide.open!([ofList, ofCsv]);
      expect(allows(ofList, ['cat', 'ice', 'cream']), 'is given to factors as it was opened').to.equal(true);
      expect(allows(ofCsv, ['The', 'cat'])).to.equal(true);
      expect(allows(ofCsv, ['The', 'cat', 'sleeps'])).to.equal(false);
      expect(guide.notices!([ofList])).to.deep.equal([
        `only: the vocabulary of this model lacks 1 of the 3 words of ${list}; they cannot occur`,
      ]);
      expect(guide.files!([ofList, ofCsv])).to.deep.equal([list, csv]);
      const refused = async (row: Options) => guide.open!([row]).then(() => '', String); // prettier-ignore
      expect(await refused({ ...flags, file: none })).to.contain('has none of the 1 words');
      expect(await refused({ ...flags, file: csv, column: 'wort' })).to.contain('no column "wort"; the columns are: word, level');
      expect(await refused({ ...flags, file: csv, column: 'word', where: { level: 'D1' } })).to.contain('"level" is D1');
      expect(await refused({ ...flags, file: join(folder, 'absent.txt') })).to.contain('absent.txt');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says that its file is a path, so that a server can refuse those outside its folder', () => {
    const row = { ...flags, file: 'list.txt' };
    expect(pathsIn(only.options, row)).to.deep.equal([{ path: '/file', value: 'list.txt' }]);
  });

  it('refuses options without a list, and inline words that the vocabulary lacks altogether', () => {
    const problems = (row: Partial<Options>) =>
      only.check({ ...flags, ...row }, { model, via: 'posterior', classes: [] }).map(({ path, message }) => `${path} ${message}`);
    expect(problems({})[0]).to.contain('expected the allowed words');
    expect(problems({ words: [] })[0]).to.contain('expected the allowed words');
    expect(problems({ words: ['zebra'] })[0]).to.contain('/words the vocabulary of this model has none');
    expect(problems({ words: ['cat'], column: 'a' })[0]).to.contain('/column belongs to a "file"');
    expect(problems({ file: 'a.txt', where: { a: 'b' } })[0]).to.contain('/where belongs');
    expect(problems({ words: ['cat', 'zebra'] })).to.deep.equal([]);
  });
});
