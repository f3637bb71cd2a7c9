import { expect } from 'chai';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExpectedText, openRunFiles } from '../../lib/run/run-files.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import type { TimedShard } from '../../lib/run/shard-order.js';
import type { Trace } from '../../lib/run/trace.js';
import { readTraces } from '../../lib/run/traces-file.js';
import { withFolder } from '../tiny-model.js';

const [TEXTS, SIZE] = [7, 3]; // three shards, the last one of a single text
const expected = Array.from({ length: TEXTS }, (_, i): ExpectedText => ({ id: `${i}-0`, target: { i } }));
const numbersIn = (shard: number): number[] => [0, 1, 2].map((i) => SIZE * shard + i).filter((i) => i < TEXTS);
const line = (i: number, text = `text ${i}`): SampleLine => ({ ...expected[i]!, sample: 0, tokens: text.split(' '), text, guides: {}, seed: 1 }); // prettier-ignore
const trace = (i: number): Trace => ({
  ...{ id: `${i}-0`, sample: 0 },
  steps: [{ step: 0, time: 0.5, tokens: ['text'], entropy: [i], guides: { length: -1, words: null } }],
});
const made = (shard: number, more: Partial<TimedShard> = {}): TimedShard => ({
  ...{ shard, ms: 5, lines: numbersIn(shard).map((i) => line(i)) },
  traces: () => Promise.resolve(numbersIn(shard).map(trace)),
  ...more,
});
const errorOf = (refused: Promise<unknown>): Promise<string> => refused.then(() => 'nothing was refused', String);
const open = (folder: string, traced = 0) => openRunFiles(folder, expected, SIZE, traced);
const textsIn = async (folder: string) =>
  (await readFile(join(folder, 'samples.jsonl'), 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text) as SampleLine);
const numbersOf = (lines: readonly { readonly id: string }[]): number[] => lines.map(({ id }) => Number.parseInt(id, 10));
const ALL = expected.map((_, i) => i);

describe('the files of a run', () => {
  it('take shards in any order and hold them in the order of the run, with the traces that were asked for', () =>
    withFolder(async (folder) => {
      const files = await open(folder, 4);
      expect([files.texts, files.shards, files.unfinished]).to.deep.equal([0, 3, [0, 1, 2]]);
      expect([0, 1, 2].map((shard) => files.missingTraces(shard))).to.deep.equal([3, 1, 0]);
      expect(await files.append(made(2))).to.deep.equal({ lines: [], traces: 0 });
      expect(await textsIn(folder)).to.deep.equal([]);
      const first = await files.append(made(0));
      expect([numbersOf(first.lines), first.traces]).to.deep.equal([[0, 1, 2], 3]);
      const others = await files.append(made(1));
      expect([numbersOf(others.lines), others.traces]).to.deep.equal([[3, 4, 5, 6], 1]);
      await files.close();
      expect(await textsIn(folder)).to.deep.equal(ALL.map((i) => line(i)));
      expect(await readTraces(folder)).to.deep.equal([0, 1, 2, 3].map(trace));
      expect((await readTraces(folder, 2)).map(({ id }) => id)).to.deep.equal(['0-0', '1-0']);
      const times = (await readFile(join(folder, 'timing.jsonl'), 'utf8')).trim().split('\n').map((text) => JSON.parse(text) as object); // prettier-ignore
      expect(times).to.deep.equal([[0, 3], [1, 3], [2, 1]].map(([shard, texts]) => ({ shard, texts, ms: 5 }))); // prettier-ignore
      expect(await readdir(folder)).to.have.members(['samples.jsonl', 'traces.jsonl', 'timing.jsonl']);
    }));

  it('are resumed with the shards that were finished before their turn, but not with damaged ones', () =>
    withFolder(async (folder) => {
      const stopped = await open(folder, TEXTS);
      await stopped.append(made(2));
      await stopped.append(made(1));
      await stopped.close();
      const shards = join(folder, 'shards');
      expect((await readdir(shards)).sort()).to.deep.equal(['1.json', '2.json']);
      await writeFile(join(shards, '1.json'), (await readFile(join(shards, '1.json'), 'utf8')).replace('"4-0"', '"5-0"'));
      await writeFile(join(shards, '9.json'), '{"shard":');
      const files = await open(folder, TEXTS);
      expect([files.texts, files.unfinished]).to.deep.equal([0, [0, 1]]);
      expect(await readdir(shards)).to.deep.equal(['2.json']);
      expect(await files.append(made(2)), 'is known').to.deep.equal({ lines: [], traces: 0 });
      await files.append(made(0));
      await files.close();
      const last = await open(folder, TEXTS);
      expect([last.texts, last.unfinished]).to.deep.equal([3, [1]]);
      expect(numbersOf((await last.append(made(1))).lines)).to.deep.equal([3, 4, 5, 6]);
      await last.close();
      expect(await textsIn(folder)).to.deep.equal(ALL.map((i) => line(i)));
      expect(await readTraces(folder)).to.deep.equal(ALL.map(trace));
      expect(await readdir(folder)).to.not.include('shards');
      const finished = await open(folder, TEXTS);
      expect([finished.texts, finished.unfinished]).to.deep.equal([7, []]);
      await finished.close();
    }));

  it('get the missing traces of a finished run, whose texts stay, if the same texts are made again', () =>
    withFolder(async (folder) => {
      const first = await open(folder, 3);
      for (const shard of [0, 1, 2]) await first.append(made(shard));
      await first.close();
      const whole = await readFile(join(folder, 'samples.jsonl'), 'utf8');
      const files = await open(folder, 7);
      expect([files.texts, files.unfinished]).to.deep.equal([7, [1, 2]]);
      expect([0, 1, 2].map((shard) => files.missingTraces(shard))).to.deep.equal([0, 3, 1]);
      const other = made(1, { lines: [line(3, 'another text'), line(4), line(5)] });
      expect(await errorOf(files.append(other))).to.match(/samples\.jsonl:4: generating 3-0 again .* different text/);
      const last = made(1, { lines: [line(3), line(4), line(5, 'another text')] });
      expect(await errorOf(files.append(last))).to.match(/samples\.jsonl:6: generating 5-0 again .* different text/);
      expect(await files.append(made(1))).to.deep.equal({ lines: [], traces: 3 });
      expect(await files.append(made(2))).to.deep.equal({ lines: [], traces: 1 });
      await files.close();
      expect(await readFile(join(folder, 'samples.jsonl'), 'utf8')).to.equal(whole);
      expect((await readFile(join(folder, 'timing.jsonl'), 'utf8')).trim().split('\n')).to.have.length(3);
      expect(await readTraces(folder)).to.deep.equal(ALL.map(trace));
      const fewer = await open(folder, 2);
      expect([fewer.unfinished, fewer.missingTraces(0)]).to.deep.equal([[], 0]);
      await fewer.close();
      expect(await readTraces(folder), 'a request for fewer takes none away').to.have.length(7);
    }));

  it('refuse what is not of the run: shards that came back wrong, files with other texts, targets or too many lines', () =>
    withFolder(async (folder) => {
      const files = await open(folder);
      const wrong = [made(0, { lines: [line(0), line(1)] }), made(0, { lines: [line(0), line(2), line(1)] })];
      const messages = await Promise.all(wrong.map((shard) => errorOf(files.append(shard))));
      expect(messages[0]).to.match(/shard 0 came back wrong: expected 3 texts, got 2/);
      expect(messages[1]).to.match(/shard 0 came back wrong: expected text 1-0 of the run, found "2-0"/);
      await files.close();
      const path = join(folder, 'samples.jsonl');
      for (const [lines, message] of [
        [[{ ...line(0), target: { i: 1 } }, line(1), line(2)], /samples\.jsonl:1.*another target than the config/s],
        [[line(0), line(0), line(1)], /samples\.jsonl:2.*expected text 1-0/s],
        [[...ALL, 0].map((i) => line(i)), /samples\.jsonl:8: the run has 7 texts, the file 8 lines/],
      ] as const) {
        const text = lines.map((one) => `${JSON.stringify(one)}\n`).join('');
        await writeFile(path, text);
        expect(await errorOf(open(folder))).to.match(message);
        expect(await readFile(path, 'utf8')).to.equal(text);
      }
    }));

  it('refuse traces that are not those of the texts, or lack a part', () =>
    withFolder(async (folder) => {
      await mkdir(folder, { recursive: true });
      const path = join(folder, 'traces.jsonl');
      const { steps, ...rest } = trace(0);
      const [step] = steps;
      const broken: object[] = [
        trace(1),
        rest,
        { ...rest, steps: [] },
        ...[{ tokens: 'text' }, { tokens: [1] }, { entropy: 1 }, { entropy: ['0'] }, { entropy: [0, 0] }].map((part) => ({ ...rest, steps: [{ ...step, ...part }] })), // prettier-ignore
        ...[{ step: '0' }, { time: null }, { guides: [] }, { guides: { length: 'none' } }].map((part) => ({ ...rest, steps: [{ ...step, ...part }] })), // prettier-ignore
      ];
      const openFiles = async () => (await readdir('/proc/self/fd')).length;
      const before = await openFiles();
      for (const value of broken) {
        await writeFile(path, [value, trace(1), trace(2)].map((one) => `${JSON.stringify(one)}\n`).join(''));
        expect(await errorOf(open(folder, 7)), JSON.stringify(value)).to.match(
          /traces\.jsonl:1.*expected the trace of text 0-0/s,
        );
      }
      expect(await openFiles(), 'no file stays open').to.be.at.most(before);
    }));
});
