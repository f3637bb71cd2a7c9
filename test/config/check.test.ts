import { Type } from '@sinclair/typebox';
import { expect } from 'chai';
import { check, checkOptions, nearest } from '../../lib/config/index.js';

describe('checkOptions', () => {
  const options = Type.Object({
    tags: Type.Array(Type.String(), { minItems: 1 }),
    range: Type.Optional(Type.Object({ min: Type.Integer({ default: 1 }) })),
  });

  it('puts the path of the clause before each path', () => {
    expect(checkOptions(options, { tags: ['DET', 4], tag: 1 }, '/guidance/2')).to.deep.equal([
      { path: '/guidance/2/tag', message: 'unknown key, did you mean "tags"?' },
      { path: '/guidance/2/tags/1', message: 'expected a string, got 4' },
    ]);
  });

  it('closes nested objects too, unless the schema leaves them open', () => {
    expect(checkOptions(options, { tags: ['A'], range: { mn: 1 } }, '')).to.have.length(1);
    expect(checkOptions(Type.Object({}, { additionalProperties: true }), { any: 1 }, '')).to.deep.equal([]);
  });

  it('escapes keys in paths as JSON pointers do', () => {
    expect(checkOptions(options, { tags: ['A'], 'a/b~': 1 }, '')[0]?.path).to.equal('/a~1b~0');
  });

  it('can also fill in defaults, in a copy', () => {
    const given = { tags: ['A'], range: {} };
    expect(check(options, given).value).to.deep.equal({ tags: ['A'], range: { min: 1 } });
    expect(given.range).to.deep.equal({});
  });
});

describe('nearest', () => {
  it('finds the probable intention, and nothing if no name is near', () => {
    expect(nearest('sampels', ['steps', 'samples'])).to.equal('samples');
    expect(nearest('quickbrown', ['steps', 'samples'])).to.equal(undefined);
    expect(nearest('a', ['b', 'c'])).to.equal(undefined);
  });
});
