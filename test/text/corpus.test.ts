import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CorpusOptions, readCorpus } from '../../lib/text/corpus.js';
import { errorOf } from './helpers.js';

describe('readCorpus', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'corpus-'))));
  after(() => rm(folder, { recursive: true }));

  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const read = async (name: string, content: string | Uint8Array, options?: CorpusOptions) =>
    readCorpus(await file(name, content), options);
  const failure = async (name: string, content: string | Uint8Array, options?: CorpusOptions) =>
    errorOf(readCorpus(await file(name, content), options));

  const CSV = '\ufeffname,text\r\nOtter,"A ""fine"" pub,\nby the river."\r\nHeron,A café.\r\nGull,\r\n\r\nSwan,Cheap.\r\n';
  const CSV_ROWS = [
    { line: 2, text: 'A "fine" pub,\nby the river.' },
    { line: 4, text: 'A café.' },
    { line: 7, text: 'Cheap.' },
  ];

  it('reads a column of a CSV file, with the first line of each record, and counts empty rows', async () => {
    const { rows, skipped, format } = await read('a.csv', CSV, { column: 'text' });
    expect(format).to.equal('csv');
    expect(rows).to.deep.equal(CSV_ROWS);
    expect(skipped.map(({ line }) => line)).to.deep.equal([5, 6]);
  });

  it('needs no column name if a CSV file has one column', async () => {
    const { rows } = await read('one.csv', 'text\nA pub.\n');
    expect(rows).to.deep.equal([{ line: 2, text: 'A pub.' }]);
  });

  it('reads a field of JSON lines', async () => {
    const { rows, skipped } = await read('a.jsonl', '{"text": "A pub."}\n\n{"text": "  "}\r\n{"id": 1, "text": "A caf\\u00e9."}');
    expect(rows).to.deep.equal([
      { line: 1, text: 'A pub.' },
      { line: 4, text: 'A café.' },
    ]);
    expect(skipped).to.deep.equal([
      { line: 2, why: 'empty' },
      { line: 3, why: 'empty' },
    ]);
  });

  it('reads the rows that a filter selects, by columns that are fields or not', async () => {
    const csv = 'text,of,kind\nA pub.,a,x\nA bar.,b,x\n,a,x\nA café.,c,x\nA pond.,a,y\n';
    const where = { of: ['a', 'c'], kind: 'x' };
    const { rows, skipped } = await read('where.csv', csv, { column: 'text', where });
    expect(rows).to.deep.equal([
      { line: 2, text: 'A pub.' },
      { line: 5, text: 'A café.' },
    ]);
    expect(skipped.map(({ line }) => line)).to.deep.equal([4]);
    const named = await read('where.csv', csv, { column: 'text', where, fields: { from: 'of' } });
    expect(named.rows.map(({ fields }) => fields)).to.deep.equal([{ from: 'a' }, { from: 'c' }]);
    const json = '{"text": "A pub.", "of": "a"}\n{"text": "A bar.", "of": "b"}\n';
    expect((await read('where.jsonl', json, { where: { of: 'b' } })).rows).to.deep.equal([{ line: 2, text: 'A bar.' }]);
  });

  it('reads plain text, one row per line', async () => {
    const { rows, skipped } = await read('a.txt', 'A pub.\n\nA bar.\n');
    expect(rows.map(({ line }) => line)).to.deep.equal([1, 3]);
    expect(skipped).to.have.length(1);
  });

  it('reads each of them gzipped', async () => {
    expect((await read('a.csv.gz', gzipSync(CSV), { column: 'text' })).rows).to.deep.equal(CSV_ROWS);
    expect((await read('a.jsonl.gz', gzipSync('{"review": "A pub."}'), { field: 'review' })).rows).to.deep.equal([
      { line: 1, text: 'A pub.' },
    ]);
    expect((await read('a.gz', gzipSync('A pub.'), { format: 'text' })).rows).to.deep.equal([{ line: 1, text: 'A pub.' }]);
  });

  describe('names what is wrong and where', () => {
    const wrong: [string, string, string | Uint8Array, CorpusOptions, RegExp][] = [
      [
        'ragged CSV rows, all of them',
        'b.csv',
        'a,b\n1,2\n1,2,3\n1,2\n1\n',
        { column: 'b' },
        /b\.csv: 2 problems\n  line 3: expected 2 fields.*got 3.*\n  line 5: .*got 1/,
      ],
      ['an open quote', 'c.csv', 'a\n"open\n', {}, /c\.csv: .*[Qq]uot.*RFC 4180/],
      [
        'a missing column',
        'd.csv',
        'name,review\n1,2\n',
        { column: 'text' },
        /d\.csv: line 1: there is no column "text"; the columns are: name, review/,
      ],
      ['no column named', 'd.csv', 'name,review\n1,2\n', {}, /name of the column.*name, review/],
      ['an empty CSV file', 'e.csv', '', {}, /e\.csv: the corpus is empty/],
      ['a header alone', 'e.csv', 'text\n', {}, /the corpus is empty/],
      ['empty rows alone', 'e.txt', '\n \n', {}, /the corpus is empty/],
      [
        'JSON that is not an object, lacks the field, or is invalid',
        'f.jsonl',
        '[1]\n{"a": "x"}\n{"text": 3}\n{"text"\n',
        {},
        /4 problems\n  line 1: .*got \[1\]\n  line 2: .*"text" is missing; there are: a\n  line 3: expected text.*got 3\n  line 4: .*something else/,
      ],
      [
        'a truncated gzip file',
        'g.txt.gz',
        gzipSync('A pub. '.repeat(100)).subarray(0, 30),
        {},
        /g\.txt\.gz: expected a complete gzip file/,
      ],
      ['a file that is not gzipped', 'h.txt.gz', 'A pub.', {}, /h\.txt\.gz: expected a complete gzip file/],
      [
        'values of a filter that no row has',
        'where.csv',
        'text,of\nx,a\ny,b\n',
        { column: 'text', where: { of: ['a', 'B', 'C'] } },
        /no row has "B" in the column "of", as `where` asks; its values are "a", "b"[^]*no row has "C"/,
      ],
      ['a filter by a missing column', 'where.csv', 'text,of\nx,a\n', { column: 'text', where: { off: 'a' } }, /no column "off"/],
      ['an unknown kind of file', 'i.doc', 'A pub.', {}, /i\.doc: expected a name that ends in .*give its format/],
    ];
    for (const [what, name, content, options, message] of wrong)
      it(what, async () => expect(await failure(name, content, options)).to.match(message));

    it('many invalid lines: the first twenty and the number of others', async () => {
      const message = await failure('many.jsonl', '1\n'.repeat(50));
      expect(message)
        .to.match(/line 20: [^]*and 30 more/)
        .and.to.not.match(/line 21:/);
    });

    it('invalid UTF-8: the line and the byte', async () => {
      const bytes = Buffer.concat([Buffer.from('A pub.\ncaf\u00e9 \ufffd '), Buffer.from([0xe9, 0x20]), Buffer.from('x\n')]);
      const message = await failure('j.txt', bytes);
      expect(message).to.match(
        new RegExp(`line 2, byte ${bytes.indexOf(Buffer.from([0xe9, 0x20]))} of the file: expected UTF-8`),
      );
      expect(await failure('k.txt', Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]))).to.match(/line 1, byte 4 /);
      expect(await failure('k.txt', Buffer.from([0x61, 0xe2, 0x82]))).to.match(/line 1, byte 1 /);
    });

    it('a folder, and a missing file', async () => {
      expect(await errorOf(readCorpus(folder, { format: 'text' }))).to.match(/expected a file/);
      expect(await errorOf(readCorpus(join(folder, 'none.txt')))).to.match(/none\.txt: no such file/);
    });
  });
});
