import { expect } from 'chai';
import { readTargets, resolveFrom } from '../../lib/config/index.js';
import { inputErrorOf, linesOf, withFile } from './helpers.js';

describe('readTargets', () => {
  it('reads JSON lines with their numbers; a value that is not an object becomes { value }', async () => {
    const text = '\ufeff{"pos":["DET"]}\r\n\n["DET","NOUN"]\n"a b"\n7';
    const targets = await withFile('t.jsonl', text, readTargets);
    expect(targets.map(({ fields }) => fields)).to.deep.equal([
      { pos: ['DET'] },
      { value: ['DET', 'NOUN'] },
      { value: 'a b' },
      { value: 7 },
    ]);
    expect(targets.map(({ where }) => /t\.jsonl:(\d+)$/.exec(where)?.[1])).to.deep.equal(['1', '3', '4', '5']);
  });

  it('takes an inline list in the same way', async () => {
    expect(await readTargets([{ a: 1 }, null])).to.deep.equal([
      { where: '/targets/0', fields: { a: 1 } },
      { where: '/targets/1', fields: { value: null } },
    ]);
  });

  it('reports every invalid line by its number', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n{a:1}\n'),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from('{"a":2\n'),
    ]);
    const lines = await withFile('t.jsonl', bytes, (path) => linesOf(() => readTargets(path)));
    expect(lines.map((line) => line.slice(0, 21))).to.deep.equal([
      'line 2: is not JSON: ',
      'line 3: is not UTF-8;',
      'line 4: is not JSON: ',
    ]);
  });

  it('lists twenty invalid lines and counts the others', async () => {
    const error = await withFile('t.jsonl', 'x\n'.repeat(33), (path) => inputErrorOf(() => readTargets(path)));
    expect(error.problems).to.have.length(21);
    expect(error.problems.at(-1)?.message).to.equal('and 13 more');
  });

  it('refuses a file without targets and a missing file', async () => {
    expect((await withFile('t.jsonl', '\n\n', (path) => inputErrorOf(() => readTargets(path)))).message).to.contain(
      'at least one target',
    );
    expect((await inputErrorOf(() => readTargets('/nowhere.jsonl'))).message).to.contain('/nowhere.jsonl: no such file');
  });
});

describe('resolveFrom', () => {
  const target = { where: 't.jsonl:3', fields: { pos: ['DET'], words: 4 } };

  it("takes options from the target's fields, at any depth", () => {
    const options = { tags: { from: 'pos' }, length: { min: { from: 'words' }, max: 9 }, list: [{ from: 'words' }] };
    expect(resolveFrom(options, target, '/guidance/0').value).to.deep.equal({
      tags: ['DET'],
      length: { min: 4, max: 9 },
      list: [4],
    });
  });

  it('does not change an object that has more fields than `from`', () => {
    expect(resolveFrom({ range: { from: 'a', to: 'b' }, from: 3 }, target, '')).to.deep.equal({
      value: { range: { from: 'a', to: 'b' }, from: 3 },
      problems: [],
    });
  });

  it('names the target, its fields and the option if a field is missing', () => {
    expect(resolveFrom({ a: { from: 'word' }, b: { from: 'toString' } }, target, '/guidance/0').problems).to.deep.equal([
      { path: '/guidance/0/a', message: 't.jsonl:3 has no field "word", did you mean "words"? (it has pos, words)' },
      { path: '/guidance/0/b', message: 't.jsonl:3 has no field "toString" (it has pos, words)' },
    ]);
  });
});
