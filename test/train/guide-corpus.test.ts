import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkConfig } from '../../lib/config/index.js';
import { readGuideRows } from '../../lib/train/guides/guide-corpus.js';
import { linesOf } from '../config/helpers.js';
import { tokenizer, withFolder } from '../tiny-model.js';

const read = (folder: string, rest: Record<string, unknown>, learnsFrom: 'parses' | string[]) =>
  readGuideRows(checkConfig('train-guide', { guide: 'mood', model: 'm', output: 'o', ...rest }), learnsFrom, folder, tokenizer);

const lineOf = async (run: () => unknown): Promise<string> => (await linesOf(run)).join('\n');

describe('the training rows of a guide', () => {
  it('are the texts of a corpus with the columns of the guide, under its names', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'pond.csv'), 'feel,text\ncalm,"A quiet pond, green."\nalert,The heron waits.\n');
      await writeFile(join(folder, 'held.jsonl'), '{"text":"A heron sleeps.","feel":"calm"}\n');
      const corpus = { file: 'pond.csv', column: 'text', fields: { label: 'feel' }, validation: 'held.jsonl' };
      const { train, held } = await read(folder, { corpus }, ['label']);
      expect(train.map(({ fields }) => fields)).to.deep.equal([{ label: 'calm' }, { label: 'alert' }]);
      expect(train[0]!.words).to.deep.equal(['A', 'quiet', 'pond', ',', 'green', '.']);
      expect(held).to.deep.equal([{ words: ['A', 'heron', 'sleeps', '.'], sentences: [], fields: { label: 'calm' } }]);
    }));

  it('have meanings made from tags, in which rare values of a slot are one, as in the training rows', () =>
    withFolder(async (folder) => {
      const rows = ['to new york today,O B-city I-city B-day', 'new york,B-city I-city', 'bonn today,B-city B-day', 'hello,O'];
      await writeFile(join(folder, 'rows.csv'), `text,tags\n${rows.join('\n')}\nskip me,O O\n`);
      await writeFile(join(folder, 'held.csv'), 'text,tags\nbonn bonn,B-city I-city\nnew york,B-city I-city\n');
      const bio = { column: 'tags', minCount: 2 };
      const corpus = { file: 'rows.csv', column: 'text', validation: 'held.csv', bio };
      const { train, held } = await read(folder, { corpus }, ['mr']);
      const meanings = ['city[new york], day[today]', 'city[new york]', 'city[other], day[today]', '', ''];
      expect(train.map(({ fields }) => fields['mr'])).to.deep.equal(meanings);
      expect(held.map(({ fields }) => fields['mr'])).to.deep.equal(['city[other]', 'city[new york]']);
      await writeFile(join(folder, 'rows.csv'), 'text,tags\na b,O\na b,O I-city\na b,O X\n');
      expect(await lineOf(() => read(folder, { corpus }, ['mr']))).to.match(
        /line 2: expected a BIO tag for each of 2 words, got 1 tags \(column "tags"\)[^]*line 3: expected O, B-slot[^]*got "I-city" for the word "b"[^]*line 4/,
      );
      expect(await lineOf(() => read(folder, { corpus }, ['label']))).to.contain(
        '/corpus/bio: tags are read as slots and values',
      );
    }));

  it('hold out every twentieth row if no validation file is given', () =>
    withFolder(async (folder) => {
      const lines = Array.from({ length: 41 }, (_, i) => `{"text":"A pond.","label":"${i}"}\n`);
      await writeFile(join(folder, 'pond.jsonl'), lines.join(''));
      const { train, held } = await read(folder, { corpus: { file: 'pond.jsonl', column: 'text' } }, ['label']);
      expect([train.length, held.map(({ fields }) => fields['label'])]).to.deep.equal([38, ['0', '20', '40']]);
    }));

  it('report a missing file or column, or a name that the guide does not use', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'pond.csv'), 'feel,text\ncalm,A pond.\n');
      const corpus = { file: 'pond.csv', column: 'text' };
      expect(await lineOf(() => read(folder, {}, 'parses'))).to.match(/parses: the guide "mood" is trained on parses/);
      expect(await lineOf(() => read(folder, {}, ['label']))).to.match(
        /corpus: the guide "mood" is trained on a corpus with label/,
      );
      expect(await lineOf(() => read(folder, { corpus }, ['label']))).to.match(/no column "label"; the columns are: feel, text/);
      const typo = { corpus: { ...corpus, fields: { lable: 'feel' } } };
      expect(await lineOf(() => read(folder, typo, ['label']))).to.match(
        /corpus\/fields\/lable: the guide "mood" asks for label/,
      );
    }));

  it('are refused for labels that cannot be learned, all at once with their lines', () =>
    withFolder(async (folder) => {
      const csv = 'text,label\nA pond.,calm\nA garden.,Calm \nA heron.,calm\nA .,\nThe pond.,Calm\nThe .,alert\n';
      await writeFile(join(folder, 'pond.csv'), csv);
      const config = checkConfig('train-guide', {
        guide: 'mood',
        model: 'm',
        output: 'o',
        corpus: { file: 'pond.csv', column: 'text' },
      });
      const readClasses = () => readGuideRows(config, ['label'], folder, tokenizer, true);
      const message = await lineOf(readClasses);
      expect(message).to.match(/line 5: expected a label in each row that has a text/);
      expect(message).to.match(/line 3: the label "Calm" differs from "calm" \(line 2\) only in case or spaces/);
      expect(message).to.match(/line 7: the label "alert" has only this row/);
      await writeFile(join(folder, 'pond.csv'), 'text,label\n');
      expect(await lineOf(readClasses)).to.contain('the corpus is empty');
    }));

  it('keep a label in training whose rows would all be held out, and refuse one that only validation has', () =>
    withFolder(async (folder) => {
      const labels = Array.from({ length: 42 }, (_, i) => (i % 20 === 0 && i < 40 ? 'rare' : 'often'));
      await writeFile(join(folder, 'pond.csv'), `text,label\n${labels.map((label) => `A pond.,${label}\n`).join('')}`);
      await writeFile(join(folder, 'held.csv'), 'text,label\nA pond.,never\n');
      const readClasses = (corpus: object) => {
        const config = checkConfig('train-guide', { guide: 'mood', model: 'm', output: 'o', corpus: { file: 'pond.csv', column: 'text', ...corpus } }); // prettier-ignore
        return readGuideRows(config, ['label'], folder, tokenizer, true);
      };
      const { train, held } = await readClasses({});
      expect(train.filter(({ fields }) => fields['label'] === 'rare')).to.have.length(2);
      expect(held.map(({ fields }) => fields['label'])).to.deep.equal(['often']);
      expect(await lineOf(() => readClasses({ validation: 'held.csv' }))).to.contain(
        'the label "never" has no row in the training corpus',
      );
    }));
});
