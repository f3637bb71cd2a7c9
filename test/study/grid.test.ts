import { expect } from 'chai';
import fc from 'fast-check';
import { expandGrid } from '../../lib/study/sweep.js';

describe('the grid of a sweep', () => {
  it('makes every combination, the last path varying fastest', () => {
    const points = expandGrid({ 'sampler.steps': [25, 50], 'guidance.0.weight': [0.5, 1] }, 'sweep.json');
    expect(points).to.deep.equal([
      { name: 'steps=25,weight=0.5', values: { 'sampler.steps': 25, 'guidance.0.weight': 0.5 } },
      { name: 'steps=25,weight=1', values: { 'sampler.steps': 25, 'guidance.0.weight': 1 } },
      { name: 'steps=50,weight=0.5', values: { 'sampler.steps': 50, 'guidance.0.weight': 0.5 } },
      { name: 'steps=50,weight=1', values: { 'sampler.steps': 50, 'guidance.0.weight': 1 } },
    ]);
  });

  it('names a path by its shortest unambiguous end, and a value that is not a word by its index', () => {
    const grid = { 'guidance.0.weight': [1], 'guidance.1.weight': ['auto'], decode: [{ name: 'mbr' }, 'a/b'] };
    expect(expandGrid(grid, 'sweep.json').map(({ name }) => name)).to.deep.equal([
      '0.weight=1,1.weight=auto,decode=#1',
      '0.weight=1,1.weight=auto,decode=#2',
    ]);
  });

  it('gives every point a unique name that is one folder', () => {
    const grids = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 12 }),
      fc.uniqueArray(fc.jsonValue(), { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) }),
      { minKeys: 1, maxKeys: 3 },
    );
    fc.assert(
      fc.property(grids, (grid) => {
        const names = expandGrid(grid, 'sweep.json').map(({ name }) => name);
        expect(names).to.have.length(Object.values(grid).reduce((product, values) => product * values.length, 1));
        expect(new Set(names).size).to.equal(names.length);
        for (const name of names) expect(name).to.match(/^[^/\\:*?"<>|\s]+$/);
      }),
    );
  });

  it('refuses repeated values, and implausibly many runs', () => {
    expect(() => expandGrid({ seed: [1, 2, 1] }, 'sweep.json')).to.throw('/grid/seed: 1 is listed twice');
    const many = Array.from({ length: 40 }, (_, i) => i);
    expect(() => expandGrid({ a: many, b: many }, 'sweep.json')).to.throw('at most 1000 runs, these lists make 1600');
  });
});
