import { expect } from 'chai';
import { type InputError, type Problem, throwProblems } from '../../lib/base/errors.js';

/** Returns what is thrown for problems. */
function told(problems: readonly Problem[]): readonly Problem[] {
  try {
    throwProblems('config', problems);
  } catch (error) {
    return (error as InputError).problems;
  }
  return [];
}

describe('throwing problems', () => {
  it('throws nothing without any', () => {
    expect(told([])).to.deep.equal([]);
  });

  it('tells what was found twice once, in the order of the first', () => {
    const [one, two] = [
      { path: '/a', message: 'wrong' },
      { path: '/b', message: 'wrong' },
    ];
    expect(told([one, two, { ...one }])).to.deep.equal([one, two]);
  });

  it('counts those that it does not tell, each once', () => {
    const many = Array.from({ length: 23 }, (_, i) => ({ path: `/${i}`, message: 'wrong' }));
    const found = told([...many, ...many]);
    expect(found).to.have.length(21);
    expect(found.at(-1)!.message).to.equal('and 3 more');
  });
});
