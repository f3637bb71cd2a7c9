import { expect } from 'chai';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkGivenRows,
  checkKnownLabels,
  type GivenRow,
  labelNameRows,
  readGivenRows,
  rowsByLabel,
  rowsInFile,
} from '../../lib/augment/given-rows.js';
import { openLabelJudge } from '../../lib/augment/label-judge.js';
import { splitRows } from '../../lib/augment/row-files.js';
import { Selection } from '../../lib/augment/selection.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { csvText } from '../../lib/text/csv.js';
import { splitWords } from '../../lib/text/split-words.js';
import { writeTinyEmbedder } from '../tiny-embedder.js';
import { withFolder } from '../tiny-model.js';

const file = { file: 'rows.csv', text: 'text', label: 'label', where: {} };
const reading = async (csv: string, more: object = {}) =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'rows.csv'), csv);
    const rows = await readGivenRows({ ...file, ...more }, folder);
    checkGivenRows(rows);
    return rows;
  });
const problem = (work: Promise<unknown>): Promise<string> => work.then(() => expect.fail('read'), (error: unknown) => (error as Error).message); // prettier-ignore

const rowOf = (text: string, label: string, line = 0): GivenRow => ({ line, text, words: splitWords(text), label });

describe('labelled rows', () => {
  it('are read by column, selected by other columns, and trimmed of spaces around the label', async () => {
    const csv = 'text,label,of\n"a, b", x ,1\nc,y,1\nd,z,2\n\ne,x,1\nf,y,1\n';
    const { rows, labels } = await reading(csv, { where: { of: '1' } });
    expect(rows.map(({ text, label, line }) => [text, label, line])).to.deep.equal([['a, b', 'x', 2], ['c', 'y', 3], ['e', 'x', 6], ['f', 'y', 7]]); // prettier-ignore
    expect(labels).to.deep.equal(['x', 'y']);
  });

  it('are refused with the line and what to do', async () => {
    expect(await problem(reading(''))).to.contain('the corpus is empty');
    expect(await problem(reading('text,label\n'))).to.contain('the corpus is empty');
    expect(await problem(reading('text,kind\na,b\n'))).to.contain('there is no column "label"; the columns are: text, kind');
    expect(await problem(reading('text,label\na,\nb,x\n'))).to.contain(
      'line 2: expected a label in the column "label", found none',
    );
    expect(await problem(reading('text,label\na,x\nb,x\n'))).to.contain(
      'at least 2 labels to tell apart, found "x" (2 rows, first in line 2)',
    );
    expect(await problem(reading('text,label\na,x\nb,y\nc,y\n'))).to.contain(
      'at least 2 rows per label, found "x" (1 row, first in line 2)',
    );
    const spaced = await problem(reading('text,label\na,my card\nb,my card\nc,My  card\nd,My  card\n'));
    expect(spaced).to.contain(
      'found "My  card" (2 rows, first in line 4) and "my card" (2 rows, first in line 2); spell them alike',
    );
    expect(await problem(reading('text,label,of\na,x,1\n', { where: { of: '2' } }))).to.contain(
      'no row has "2" in the column "of", as `where` asks; its values are "1"',
    );
    const known = { path: 'held.csv', rows: [rowOf('a', 'w', 5)], labels: ['w'] };
    expect(() => checkKnownLabels(known, ['x'], 'the set')).to.throw(
      'held.csv: line 5: the label "w" is not among the 1 labels of the set',
    );
  });

  it('are written so that they read back as they were', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'back.csv');
      const word = fc
        .string({ minLength: 1, unit: fc.constantFrom('a', 'é', '"', ',', '\n', "'", ' ') })
        .filter((text) => text.trim() !== '');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(word, word), { minLength: 1 }), async (rows) => {
          await writeFile(path, csvText(['text', 'label'], rows));
          const read = await readCorpus(path, { column: 'text', fields: { label: 'label' } });
          expect(read.rows.map(({ text, fields }) => [text, fields!['label']])).to.deep.equal(rows);
        }),
        { numRuns: 50 },
      );
    }));

  it('take in the names of labels', () => {
    const named = labelNameRows(['card_arrival', 'AddToPlaylist', 'Refund_not_showing_up', '7', 'reverted_card_payment?', 'été']);
    expect(named.map(({ text }) => text)).to.deep.equal(['card arrival', 'add to playlist', 'refund not showing up', 'reverted card payment', 'été']); // prettier-ignore
    expect(named[1]).to.deep.equal({
      line: 0,
      text: 'add to playlist',
      words: ['add', 'to', 'playlist'],
      label: 'AddToPlaylist',
    });
    expect(rowsInFile([...named, rowOf('a', 'b', 2)])).to.deep.equal([rowOf('a', 'b', 2)]);
  });

  it('are split so that each label keeps rows to learn from', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 80 }), fc.nat(), (draws, seed) => {
        const rows = [...draws, ...new Set(draws)].map((label, i) => rowOf(`text ${i}`, `${label}`, i)); // two of each at least
        const { train, held } = splitRows(rows, seed);
        expect([...rowsByLabel(train).keys()].sort()).to.deep.equal([...rowsByLabel(rows).keys()].sort());
        for (const own of rowsByLabel(train).values()) expect(own.length).to.be.at.least(2);
        expect(held.length).to.be.at.least(1);
        if (train !== rows)
          expect(new Set([...train, ...held]).size)
            .to.equal(rows.length)
            .and.equal(train.length + held.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the filter', () => {
  const rows = ['the heron sleeps here', 'the otter sleeps there', 'a rose grows here', 'a fern grows there'].map((text, i) =>
    rowOf(text, i < 2 ? 'animal' : 'plant', i + 2),
  );
  const given = { path: 'rows.csv', rows, labels: ['animal', 'plant'] };
  const sample = (text: string, label: string, more: object = {}): SampleLine => ({
    ...{ id: text, target: { label }, sample: 0, tokens: splitWords(text), text, guides: {}, seed: 1 },
    ...more,
  });
  const filter = { rank: 1, ngram: 2, overlap: 0.8, tries: 5 };
  const passed = async (texts: readonly SampleLine[], more: object = {}, perLabel = 2) => {
    const selection = new Selection(given, await openLabelJudge(rows, {}), { ...filter, ...more }, perLabel);
    for (const text of texts) await selection.add(text, 1);
    return selection;
  };

  it('keeps texts that a classifier of the given rows gives the label, and that copy neither rows nor each other', async () => {
    const { kept, tallies } = await passed([
      sample('The heron sleeps here.', 'animal'), // a row
      sample('the otter sleeps now and then', 'animal'),
      sample('the otter sleeps now and then', 'animal'),
      sample('a rose grows quickly', 'animal'),
      sample('', 'animal'),
      sample('the heron sleeps and sleeps', 'animal', { truncated: true }),
    ]);
    expect(kept.map(({ text }) => text)).to.deep.equal(['the otter sleeps now and then']);
    expect(tallies[0]).to.deep.include({ label: 'animal', given: 2, made: 6, kept: 1, spare: 0 });
    expect(tallies[0]!.refused).to.deep.equal({
      ...{ 'copies a given row': 1, 'copies another text': 1, 'reads as another label': 1, 'no words': 1, 'too long': 1 },
    });
    expect(tallies[0]!.readAs).to.deep.equal({ plant: 1 });
  });

  it('reads sentence vectors instead of words if it is given an encoder', () =>
    withFolder(async (folder) => {
      const water = ['otter', 'river', '##side'];
      await writeTinyEmbedder(folder, { vectorOf: (token) => (water.includes(token) ? [1, 0.1, 0] : ['pub', 'near'].includes(token) ? [0, 1, 0.1] : [0, 0, 0.1]) }); // prettier-ignore
      const own = ['the otter', 'the otter', 'the pub', 'the pub'].map((text, i) => rowOf(text, i < 2 ? 'water' : 'town', i + 2));
      const judge = await openLabelJudge(own, { embedder: folder });
      expect(judge.labels).to.deep.equal(['town', 'water']);
      expect(judge.heldOut).to.deep.equal({ texts: 2, accuracy: 1 });
      const [town, other] = await judge.probabilities({ text: 'the river', words: ['the', 'river'] }); // no row has the word
      expect(other).to.be.above(0.9);
      expect(town! + other!).to.be.closeTo(1, 1e-12);
      const nothing = await judge.probabilities({ text: '', words: [] });
      expect(nothing).to.deep.equal([0.5, 0.5]);
      await judge.dispose();
    }));

  it('keeps no more rows than are wanted, any label with rank 0, and copies with overlap 1', async () => {
    const texts = ['a rose grows quickly', 'the heron sleeps here', 'the heron sleeps here', 'the newt sleeps'].map((text) =>
      sample(text, 'animal'),
    );
    const { kept, tallies } = await passed(texts, { rank: 0, overlap: 1 }, 3);
    expect(kept).to.have.length(3);
    expect(tallies[0]).to.deep.include({ kept: 3, spare: 1, refused: {} });
  });
});
