import { expect } from 'chai';
import fc from 'fast-check';
import { checkConfig } from '../../lib/config/index.js';
import { linesOf } from './helpers.js';

const config = { model: 'm', output: 'o', guidance: [{ guide: 'length', length: 3 }] };
const set = (...overrides: string[]) => checkConfig('generate', config, { set: overrides });

describe('--set', () => {
  it('reads JSON values, and other text as strings', () => {
    const { sampler, model, targets } = set('sampler.steps=7', 'sampler.clamp=[0.5,1]', 'model=models/b=c', 'targets=[{"a":1}]');
    expect(sampler).to.deep.include({ steps: 7, clamp: [0.5, 1] });
    expect([model, targets]).to.deep.equal(['models/b=c', [{ a: 1 }]]);
  });

  it('reaches into lists, the options of a guide and one past the end of a list', () => {
    const { guidance } = set('guidance.0.length=4', 'guidance.0.length={}', 'guidance.0.length.min=5', 'guidance.1.guide=pos');
    expect(guidance).to.deep.equal([{ guide: 'length', length: { min: 5 } }, { guide: 'pos' }]);
  });

  it('takes the last of two values for one path and does not change the given config', () => {
    expect(set('seed=2', 'seed=3').seed).to.equal(3);
    expect(config).to.not.have.property('seed');
  });

  it('refuses unknown paths, all at once and together with invalid values', async () => {
    expect(
      await linesOf(() => set('sampler.stepz=3', 'sampler.steps.x=1', 'guidance.5.weight=1', 'seed', 'steering.inner=0')),
    ).to.deep.equal([
      '/sampler/stepz: --set: unknown key, did you mean "steps"?',
      '/sampler/steps/x: --set: unknown key, this value has no members',
      '/guidance: --set: expected an index from 0 to 1, got "5"',
      ': --set seed: expected path=value',
      '/steering/inner: expected an integer from 1 to 100, got 0',
    ]);
  });

  it('drops the fields of the config that another choice does not have', async () => {
    const joint = { ...config, decode: { name: 'joint', weight: 5, width: 6, candidates: 12 } };
    const decodeWith = (...overrides: string[]) => checkConfig('generate', joint, { set: overrides }).decode;
    expect(decodeWith('decode.name=argmax')).to.deep.equal({ name: 'argmax' });
    expect(decodeWith('decode.name=mbr')).to.deep.equal({ name: 'mbr', candidates: 12 });
    expect(decodeWith('decode.name=joint')).to.include(joint.decode);
    expect(await linesOf(() => decodeWith('decode.width=4', 'decode.name=argmax'))).to.deep.equal([
      '/decode/width: unknown key, expected one of name',
    ]);
  });

  it('never changes a prototype, whatever the path', () => {
    const segment = fc.constantFrom('__proto__', 'constructor', 'prototype', 'guidance', '0', 'x', 'toString');
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (path) => {
        try {
          set(`${path.join('.')}={"polluted":true}`, `guidance.0.${path.join('.')}=1`);
        } catch {
          // refusing is fine
        }
        expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
        expect(Object.getOwnPropertyNames(Object.prototype)).to.not.include.members(['x', 'guidance', '0']);
      }),
    );
  });
});
