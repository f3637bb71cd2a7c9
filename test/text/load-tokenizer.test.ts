import { AutoTokenizer, env } from '@xenova/transformers';
import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { loadTokenizer } from '../../lib/text/load-tokenizer.js';
import { fromTokenIds, toTokenIds } from '../../lib/text/token-ids.js';
import { buildVocabulary, vocabularyOf } from '../../lib/text/vocabulary.js';
import { splitWords, wordTokenizer } from '../../lib/text/word-tokenizer.js';
import { errorOf, fixture } from './helpers.js';

const TEXTS = [
  "The Otter isn't a family-friendly pub.",
  'Dinner at "The Heron" costs £20-25, and you cannot pay less than 7.50!',
  "O'Neill's café, a mid-priced bar near St. Ann... can't be missed 😀",
];

interface Saved {
  model: { vocab: Record<string, number> };
  pre_tokenizer: object;
}

describe('loadTokenizer', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'tokenizer-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const edit = async (change: (json: Saved) => void): Promise<void> => {
    const path = join(folder, 'tokenizer.json');
    const json = JSON.parse(await readFile(path, 'utf8')) as Saved;
    change(json);
    await writeFile(path, JSON.stringify(json));
  };

  describe('a word tokenizer that was saved', () => {
    const vocabulary = buildVocabulary(TEXTS.map(splitWords), { minCount: 1 });

    for (const split of ['words', 'spaces', 'characters'] as const)
      it(`loads unchanged, split by ${split}`, async () => {
        await wordTokenizer(vocabulary, split).save(folder);
        const back = await loadTokenizer(folder);
        expect(back.level).to.equal('word');
        expect(back.vocabulary.tokens).to.deep.equal(vocabulary.tokens);
        for (const text of TEXTS) expect(back.tokenize(text)).to.deep.equal(wordTokenizer(vocabulary, split).tokenize(text));
      });

    it('gives the same ids in transformers.js, for raw text and for words joined by spaces', async () => {
      await wordTokenizer(vocabulary).save(folder);
      env.allowRemoteModels = false;
      env.localModelPath = dirname(folder);
      const theirs = await AutoTokenizer.from_pretrained(basename(folder));
      for (const text of [...TEXTS, 'unheard words near The Otter', 'cafe\u0301']) {
        const words = splitWords(text);
        const ids = words.map((word) => vocabulary.id(word) ?? vocabulary.unk);
        expect(theirs.encode(words.join(' '))).to.deep.equal(ids);
        expect(theirs.encode(text)).to.deep.equal(ids);
      }
    });

    it('loads unchanged if its words are characters, and transformers.js reads and joins them alike', async () => {
      const texts = ['GATTACA', '( [ ] )', 'caf\u00e9 \u{1f600}'];
      const characters = wordTokenizer(vocabularyOf([...new Set(texts.flatMap((text) => [...text]))]), 'characters');
      await characters.save(folder);
      const back = await loadTokenizer(folder);
      expect([back.level, back.vocabulary.tokens]).to.deep.equal(['word', characters.vocabulary.tokens]);
      env.allowRemoteModels = false;
      env.localModelPath = dirname(folder);
      const theirs = await AutoTokenizer.from_pretrained(basename(folder));
      for (const text of texts) {
        expect(back.tokenize(text)).to.deep.equal([...text]);
        expect(back.detokenize(back.tokenize(text))).to.equal(text);
        const ids = back.tokenize(text).map((character) => back.vocabulary.id(character)!);
        expect(theirs.encode(text)).to.deep.equal(ids);
        expect(theirs.decode(ids)).to.equal(text);
      }
      expect(back.tokenize('cafe\u0301')).to.deep.equal(['c', 'a', 'f', '\u00e9']);
    });

    it('is refused if an id or a special token is missing or words are split in another way', async () => {
      const damaged = async (change: (json: Saved) => void): Promise<string> => {
        await wordTokenizer(vocabularyOf(['pub', 'otter'])).save(folder);
        await edit(change);
        return errorOf(loadTokenizer(folder));
      };
      expect(await damaged((json) => (json.model.vocab.otter = 9))).to.match(/tokenizer\.json: \/model\/vocab.*0 to 5/);
      expect(await damaged((json) => (json.model.vocab = { a: 0 }))).to.match(/PAD is missing/);
      expect(await damaged((json) => Object.assign(json, { pre_tokenizer: { type: 'Sequence' } }))).to.match(/another way/);
      expect(await damaged((json) => Object.assign(json.model, { vocab: { a: -1 } }))).to.match(/\/model\/vocab/);
    });
  });

  describe('a foreign tokenizer', () => {
    const cases = {
      wordpiece: {
        text: 'The otters, near the riverside pub.',
        tokens: 'the otter ##s , near the river ##side pub .',
        back: 'the otters, near the riverside pub.',
      },
      bpe: { text: 'the pub the.', tokens: 'the Ġpub Ġ the .', back: 'the pub the.' },
      unigram: { text: 'the riverside pub.', tokens: '▁the ▁river side ▁pub .', back: 'the riverside pub.' },
    };
    for (const [name, { text, tokens, back }] of Object.entries(cases))
      it(`loads ${name}, encodes a text and decodes it`, async () => {
        const tokenizer = await loadTokenizer(fixture(`tokenizers/${name}`));
        const { vocabulary } = tokenizer;
        expect(tokenizer.level).to.equal('subword');
        expect([vocabulary.pad, vocabulary.unk, vocabulary.start, vocabulary.end]).to.deep.equal([0, 1, 2, 3]);
        expect(tokenizer.tokenize(text).join(' ')).to.equal(tokens);
        const canvas = toTokenIds(tokenizer.tokenize(text), vocabulary, 16)!;
        expect([...canvas]).to.not.include(vocabulary.unk);
        expect(tokenizer.detokenize(fromTokenIds(canvas, vocabulary).tokens)).to.equal(back);
        expect(tokenizer.detokenize([])).to.equal('');
      });

    it('gives UNK for unknown words and for special tokens spelled out in a text', async () => {
      const tokenizer = await loadTokenizer(fixture('tokenizers/wordpiece'));
      const { unk } = tokenizer.vocabulary;
      for (const text of ['xyzzy', '[SEP]', '[PAD]'])
        expect([...toTokenIds(tokenizer.tokenize(text), tokenizer.vocabulary, 3)!]).to.deep.equal([2, unk, 3]);
    });

    it('gives UNK for a word that transformers.js has no id for', async () => {
      const vocab = { PAD: 0, UNK: 1, START: 2, END: 3, pub: 4 };
      const model = { type: 'WordLevel', vocab, unk_token: 'UNK' };
      const json = {
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: { type: 'Whitespace' },
        post_processor: null,
        decoder: null,
        model,
      };
      await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(json));
      const tokenizer = await loadTokenizer(folder);
      expect(tokenizer.level).to.equal('subword');
      expect(tokenizer.tokenize('pub inn')).to.deep.equal(['pub', 'UNK']);
      expect(tokenizer.detokenize(['pub', 'inn', 'pub'])).to.equal('pub UNK pub');
    });

    it('keeps unusual names of special tokens when saved', async () => {
      const names = { pad: '.', start: 'pub' };
      await (await loadTokenizer(fixture('tokenizers/wordpiece'), names)).save(folder);
      const { vocabulary, tokenize } = await loadTokenizer(folder);
      expect([vocabulary.pad, vocabulary.unk, vocabulary.start, vocabulary.end]).to.deep.equal([12, 1, 6, 3]);
      expect(tokenize('otters')).to.deep.equal(['otter', '##s']);
      const file = (at: string): Promise<string> => readFile(join(at, 'tokenizer.json'), 'utf8');
      expect(JSON.parse(await file(folder))).to.deep.equal(JSON.parse(await file(fixture('tokenizers/wordpiece'))));
    });

    it('names every missing special token, and the names tried', async () => {
      const names = { pad: '<none>', end: '<stop>' };
      const message = await errorOf(loadTokenizer(fixture('tokenizers/wordpiece'), names));
      expect(message).to.match(/no pad token, expected <none>[^]*no end token, expected <stop>/);
      expect(await errorOf(loadTokenizer(fixture('tokenizers/bpe'), { pad: '<s>' }))).to.match(/four different tokens/);
    });
  });

  it('reports a folder without a tokenizer, and an invalid file', async () => {
    expect(await errorOf(loadTokenizer(join(folder, 'nowhere')))).to.match(/tokenizer\.json: no such file/);
    const write = (text: string): Promise<void> => writeFile(join(folder, 'tokenizer.json'), text);
    await write('{"model":');
    expect(await errorOf(loadTokenizer(folder))).to.match(/expected JSON/);
    await write('[]');
    expect(await errorOf(loadTokenizer(folder))).to.match(/expected a JSON object/);
    await write('{"model": {"type": "Magic"}}');
    expect(await errorOf(loadTokenizer(folder))).to.match(/cannot load this tokenizer/);
  });
});
