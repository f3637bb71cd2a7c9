import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ATTEMPTS, chooseCandidates } from '../../lib/certify/chosen-attempts.js';
import type { SampleLine } from '../../lib/run/sample-line.js';
import { withFolder } from '../tiny-model.js';

/** Attempts as [text, nats of doubt], a row each. */
const attemptsOf = (given: readonly (readonly [string, number])[]): SampleLine[] =>
  given.map(([text, doubt], row) => ({
    ...{ id: `${row}-0`, target: {}, sample: 0, tokens: text.split(' '), text, guides: {}, seed: row },
    chosen: { of: 1, score: -doubt },
  }));

describe('candidates chosen from attempts', () => {
  /** Chooses two candidates for each of two targets from three attempts per candidate. */
  const choose = (
    lines: readonly SampleLine[],
    known: readonly string[],
    { failed = [], shortfalls }: { readonly failed?: readonly string[]; readonly shortfalls?: readonly number[] } = {},
  ): Promise<string[]> =>
    withFolder(async (folder) => {
      await mkdir(join(folder, ATTEMPTS));
      await writeFile(join(folder, ATTEMPTS, 'samples.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await writeFile(join(folder, ATTEMPTS, 'run.json'), '{}');
      const draft = { tokens: [], failed, position: 0, except: [], loose: [] };
      const rows = lines.map((_, row) => ({ target: row < 6 ? 4 : 7, draft }));
      const isKnown = (target: number, tokens: readonly string[]) => target === 4 && known.includes(tokens.join(' '));
      await chooseCandidates({ folder, rows, texts: 2, attempts: 3 }, { classifiers: ['tone', 'tree#2'], shortfalls, isKnown });
      expect(await readFile(join(folder, 'run.json'), 'utf8')).to.equal('{}');
      const chosen = (await readFile(join(folder, 'samples.jsonl'), 'utf8')).trim().split('\n');
      return chosen.map((line) => (JSON.parse(line) as SampleLine).text);
    });
  const other = attemptsOf([['a frog', 6], ['a toad', 5], ['an owl', 4], ['an elk', 3], ['a heron', 2], ['a newt', 1]]); // prettier-ignore
  const withOther = (own: readonly SampleLine[]) => [...own, ...other.map((line, i) => ({ ...line, id: `${own.length + i}-0` }))];

  it('are the least doubtful of each target', async () => {
    const own = attemptsOf([['a frog', 3], ['a toad', 5], ['an owl', 1], ['an elk', 2], ['a heron', 9], ['a newt', 4]]); // prettier-ignore
    expect(await choose(withOther(own), [])).to.deep.equal(['an owl', 'an elk', 'a newt', 'a heron']);
  });

  it('are those that its own gradient guide finds most likely, where a control failed', async () => {
    const own = attemptsOf([['a frog', 3], ['a toad', 5], ['an owl', 1], ['an elk', 2], ['a heron', 9], ['a newt', 4]]); // prettier-ignore
    const logProbs = [-4, -1, -3, null, -2, -2];
    const guides = (i: number) => ({ tree: { logProb: i }, 'tree#2': { logProb: logProbs[i % 6]! }, tone: { logProb: -i } });
    const judged = withOther(own).map((line, i) => ({ ...line, guides: guides(i) }));
    const likely = ['a toad', 'a newt', 'a toad', 'a newt'];
    expect(await choose(judged, [], { failed: ['tree'] }), 'of equal ones the least doubtful').to.deep.equal(likely);
    expect(await choose(judged, [], { failed: ['words'] }), 'no guide of this control').to.deep.equal([
      'an owl',
      'an elk',
      'a newt',
      'a heron',
    ]);
  });

  it('are those that miss the conditions by least, whatever gradient guides find, if a screen has judged them', async () => {
    const own = attemptsOf([['a frog', 3], ['a toad', 5], ['an owl', 1], ['an elk', 2], ['a heron', 9], ['a newt', 4]]); // prettier-ignore
    const judged = withOther(own).map((line, i) => ({ ...line, guides: { 'tree#2': { logProb: -i } } }));
    const shortfalls = [0.2, 0.1, 0.3, 0.2, 0.4, 0.2, 0, 0.5, 0.5, 0.5, 0.5, 0];
    const chosen = await choose(judged, [], { failed: ['tree'], shortfalls });
    expect(chosen, 'of equal ones the least doubtful').to.deep.equal(['a toad', 'an elk', 'a newt', 'a frog']);
  });

  it('are neither texts that the target has had nor one text twice', async () => {
    const own = attemptsOf([['an owl', 1], ['an elk', 2], ['an elk', 2], ['an elk', 2], ['a heron', 9], ['a newt', 4]]); // prettier-ignore
    expect(await choose(withOther(own), ['an owl', 'a heron'])).to.deep.equal(['an elk', 'a newt', 'a newt', 'a heron']);
  });

  it('are as many as asked for, if there are too few new ones', async () => {
    const own = attemptsOf([['an owl', 1], ['an elk', 2], ['an elk', 2], ['an elk', 2], ['an owl', 1], ['an owl', 1]]); // prettier-ignore
    expect(await choose(withOther(own), ['an owl'])).to.deep.equal(['an elk', 'an owl', 'a newt', 'a heron']);
  });
});
