import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import { keyOf } from '../../lib/base/random.js';
import { rowSwapper, withSwapped } from '../../lib/train/swap-rows.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { linesOf } from '../config/helpers.js';
import { tokenizer, withFolder } from '../tiny-model.js';

const row: AnnotatedRow = {
  words: ['Heron', 'Hall', 'is', 'old', '.'],
  sentences: [],
  fields: { mr: 'name[Heron Hall], near[Pond Farm], price[£20-25]', label: 'calm' },
};

const swapperOf = (folder: string, rest: object = {}) => {
  const names = { path: join(folder, 'names.txt'), share: 1 };
  const config = { guide: 'place', model: 'm', output: 'o', augmentation: { names }, ...rest };
  return rowSwapper(checkConfig('train-guide', config), tokenizer);
};

describe('swapped names in the rows of a guide', () => {
  it('appear both in the text and in its annotations', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'names.txt'), 'Heron Hall\nGreen Arms\n\nPond Farm\nReed Farm\n');
      const swap = (await swapperOf(folder))!;
      const seen = Array.from({ length: 20 }, (_, seed) => {
        const { words, fields } = swap(row, keyOf(seed));
        const name = words.slice(0, 2).join(' ');
        const rest = fields['mr']!.replace(/\s/g, '');
        expect(rest).to.equal(`name[${name}],near[PondFarm],price[£20-25]`.replace(/\s/g, '')); // the text does not name the farm
        expect(fields['label']).to.equal('calm');
        return name;
      });
      expect(new Set(seen)).to.deep.equal(new Set(['Heron Hall', 'Green Arms']));
      const names = withSwapped(Array<AnnotatedRow>(20).fill(row), swap, 1).map(({ words }) => words[0]);
      expect(names).to.have.length(40);
      expect(new Set(names.slice(0, 20))).to.deep.equal(new Set(['Heron']));
      expect(names.slice(20)).to.include('Green');
    }));

  it('are not used in parses', () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'names.txt'), 'Heron Hall\nGreen Arms\n');
      expect((await linesOf(() => swapperOf(folder, { parses: 'parses.jsonl' }))).join('\n')).to.contain(
        '/augmentation/names: expected no names for a guide that is trained on parses',
      );
    }));

  it('are off by default', async () => {
    expect(await rowSwapper(checkConfig('train-guide', { guide: 'g', model: 'm', output: 'o' }), tokenizer)).to.equal(undefined);
    expect(withSwapped([row], undefined, 1)).to.deep.equal([row]);
  });
});
