import { expect } from 'chai';
import fc from 'fast-check';
import { checkConfig, loadConfig } from '../../lib/config/index.js';
import { jsonErrorOffset } from '../../lib/config/json-error.js';
import { inputErrorOf, linesOf, withFile } from './helpers.js';

const smallest = { model: 'models/tiny', output: 'runs/tiny' };

describe('loadConfig', () => {
  it('reports three mistakes at once, each with its path, what was expected and what was found', async () => {
    const config = { ...smallest, sampler: { steps: '200' }, modle: 'x', guidance: [{ guide: 'length', weight: -1 }] };
    const error = await withFile('bad.json', JSON.stringify(config), (path) => inputErrorOf(() => loadConfig('generate', path)));
    expect(error.where).to.match(/bad\.json$/);
    expect(error.problems).to.have.deep.members([
      { path: '/modle', message: 'unknown key, did you mean "model"?' },
      { path: '/sampler/steps', message: 'expected an integer from 1 to 2000, got "200"' },
      { path: '/guidance/0/weight', message: 'expected a number of at least 0, "auto" or an object, got -1' },
    ]);
  });

  it('points at the line and column of a syntax error', async () => {
    const error = await withFile('broken.json', '{\n  "model": "m",\n  "seed": ?\n}', (path) =>
      inputErrorOf(() => loadConfig('generate', path)),
    );
    expect(error.where).to.match(/broken\.json:3:11$/);
    expect(error.message).to.contain('is not JSON');
  });

  it('points at the end of truncated JSON', async () => {
    const error = await withFile('cut.json', '{\n  "model": "m",', (path) => inputErrorOf(() => loadConfig('generate', path)));
    expect(error.where).to.match(/cut\.json:2:16$/);
  });

  it('finds the first wrong character of any broken JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, n) => {
        const at = n % (text.length + 1);
        expect(jsonErrorOffset(text)).to.equal(text.length);
        const broken = `${text.slice(0, at)}\u0001${text.slice(at)}`; // a control character is invalid anywhere
        expect(jsonErrorOffset(broken)).to.be.at.most(at);
        expect(() => JSON.parse(broken.slice(0, jsonErrorOffset(broken) + 1)) as unknown).to.throw();
      }),
    );
    for (const text of ['[1,]', '{"a":1,}', '{"a" 1}', '[1}', '1 2', ']', '{1:2}', '[,]'])
      expect(jsonErrorOffset(text), text).to.be.below(text.length);
    expect(jsonErrorOffset('[1, 2\n 3]')).to.equal(7);
  });

  it('says so when the file is missing, is a folder, is too large or is not UTF-8', async () => {
    expect((await inputErrorOf(() => loadConfig('generate', '/nowhere/c.json'))).message).to.contain(
      '/nowhere/c.json: no such file',
    );
    expect((await inputErrorOf(() => loadConfig('generate', '/'))).message).to.contain('expected a file, found a folder');
    const large = await withFile('large.json', new Uint8Array(10_000_001).fill(0x20), (path) =>
      inputErrorOf(() => loadConfig('generate', path)),
    );
    expect(large.message).to.contain('at most 10 MB');
    const latin = await withFile('latin.json', Uint8Array.of(0x22, 0xe9, 0x22), (path) =>
      inputErrorOf(() => loadConfig('generate', path)),
    );
    expect(latin.message).to.contain('not UTF-8');
  });

  it('ignores $schema, which is for editors', () => {
    expect(checkConfig('generate', { $schema: '../schemas/generate.schema.json', ...smallest })).to.not.have.property('$schema');
  });
});

describe('defaults', () => {
  it('fill in missing values, nested ones too', () => {
    const { sampler, steering, decode, guidance, targets } = checkConfig('generate', { ...smallest, sampler: { steps: 7 } });
    expect(sampler).to.include({ name: 'renoise', steps: 7, clamp: false });
    expect(steering).to.deep.equal({ inner: 1, step: 0.1, momentum: 0.75, scale: 'max-norm', floor: 0, prior: 0 });
    expect(decode).to.deep.equal({ name: 'auto' });
    expect([guidance, targets]).to.deep.equal([[], [{}]]);
  });

  it('are those of the branch that was chosen', () => {
    expect(checkConfig('generate', { ...smallest, decode: { name: 'mbr' } }).decode).to.deep.equal({
      name: 'mbr',
      candidates: 8,
    });
    expect(checkConfig('train', { output: 'o', data: { file: 'a.txt' } }).tokenizer).to.deep.equal({
      name: 'words',
      minCount: 4,
    });
  });

  it('do not change the given config and are not shared between configs', () => {
    const given = { ...smallest };
    const first = checkConfig('generate', given);
    first.targets = [];
    first.sampler.steps = 1;
    expect(given).to.deep.equal(smallest);
    expect(checkConfig('generate', given)).to.deep.include({ targets: [{}] });
    expect(checkConfig('generate', given).sampler.steps).to.equal(50);
  });

  it('meet their own schemas', () => {
    expect(() => checkConfig('generate', checkConfig('generate', smallest))).to.not.throw();
    expect(() => checkConfig('train', checkConfig('train', { output: 'o', data: { file: 'a.txt' } }))).to.not.throw();
    expect(() =>
      checkConfig('train-guide', checkConfig('train-guide', { guide: 'pos', model: 'm', parses: 'p.jsonl', output: 'o' })),
    ).to.not.throw();
  });
});

describe('wording', () => {
  const problem = async (config: object) => (await linesOf(() => checkConfig('generate', { ...smallest, ...config }))).join('\n');

  it('names the missing field', async () => {
    expect(await linesOf(() => checkConfig('generate', {}))).to.have.members([
      '/model: expected a non-empty string, got nothing',
      '/output: expected a non-empty string, got nothing',
    ]);
  });

  it('lists the choices', async () => {
    expect(await problem({ sampler: { name: 'euler' } })).to.equal(
      '/sampler/name: expected "ddpm", "ddim", "dpm-solver++" or "renoise", got "euler"',
    );
    expect(await problem({ decode: { name: 'beam' } })).to.equal(
      '/decode/name: expected "auto", "argmax", "mbr" or "joint", got "beam"',
    );
    expect(await problem({ decode: {} })).to.equal('/decode/name: expected "auto", "argmax", "mbr" or "joint", got nothing');
  });

  it('reports a value that may have several forms only once', async () => {
    const range = 'false or a list of 2, each a number from 0 to 1, in ascending order';
    expect(await problem({ sampler: { clamp: true } })).to.equal(`/sampler/clamp: expected ${range}, got true`);
    expect(await problem({ sampler: { clamp: [0.9, 0.2] } })).to.equal(`/sampler/clamp: expected ${range}, got [0.9,0.2]`);
  });

  it('reports on the branch of a clause that was meant', async () => {
    expect(await problem({ guidance: [{ all: [{ guide: 'a' }, { via: 'gradient' }] }] })).to.equal(
      '/guidance/0/all/1/guide: expected a non-empty string, got nothing',
    );
    expect(await problem({ guidance: [{ all: [] }] })).to.equal('/guidance/0/all: expected a list of at least 1, got []');
    expect(await problem({ guidance: [{ all: [{ guide: 'a' }], via: 'gradient' }] })).to.match(
      /^\/guidance\/0\/via: unknown key/,
    );
  });

  it('shortens quoted values', async () => {
    expect(await problem({ seed: 'x'.repeat(1000) })).to.have.length.below(150);
  });

  it('lists the known keys if none is near', async () => {
    expect(await problem({ decode: { name: 'mbr', zzzzzz: 1 } })).to.equal(
      '/decode/zzzzzz: unknown key, expected one of name, candidates',
    );
  });
});
