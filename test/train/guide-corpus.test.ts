import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
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
});
