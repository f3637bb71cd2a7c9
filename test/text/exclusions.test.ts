import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCorpus } from '../../lib/text/corpus.js';
import { readExclusions } from '../../lib/text/exclusions.js';
import { withFolder } from '../tiny-model.js';
import { errorOf } from './helpers.js';

describe('exclusions', () => {
  it('leave out the rows of a corpus whose text matches one of the regular expressions', () =>
    withFolder(async (folder) => {
      const [rules, corpus] = [join(folder, 'rules.txt'), join(folder, 'corpus.txt')];
      await writeFile(rules, '# twice the same\n\\b(\\w+) \\1\\b\n\n#\n^\\p{Ll}\n');
      await writeFile(corpus, 'The the pond .\nA duck swims swims .\n  éclairs are here .\nÉclairs are here .\n# swims\n');
      const { rows } = await readCorpus(corpus, { exclude: await readExclusions(rules) });
      expect(rows.map(({ text, line }) => [line, text])).to.deep.equal([[1, 'The the pond .'], [4, 'Éclairs are here .'], [5, '# swims']]); // prettier-ignore
      expect((await readExclusions(undefined))('anything')).to.equal(false);
      await writeFile(rules, '.\n');
      expect(await errorOf(readCorpus(corpus, { exclude: await readExclusions(rules) }))).to.match(/corpus\.txt.*leave out every row/); // prettier-ignore
    }));

  it('are refused with every line that is no regular expression', () =>
    withFolder(async (folder) => {
      const rules = join(folder, 'rules.txt');
      await writeFile(rules, '(\nfine\n[z-a]\n');
      expect(await errorOf(readExclusions(rules))).to.match(/rules\.txt[^]*line 1: expected a regular expression[^]*line 3: /);
    }));
});
