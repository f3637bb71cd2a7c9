import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import { decodeOf } from '../../lib/plan/decoding.js';
import { withFolder } from '../tiny-model.js';

describe('how a run decodes', () => {
  const decoding = (model: string, more: object = {}) => decodeOf(checkConfig('generate', { model, output: 'none', ...more }));

  it('is joint by default if the model has a decoder, with the defaults of joint decoding', () =>
    withFolder(async (model) => {
      expect(decoding(model)).to.deep.equal({ name: 'argmax' });
      await mkdir(join(model, 'decoder'));
      expect(decoding(model)).to.deep.equal(decoding(model, { decode: { name: 'joint' } }));
      expect(decoding(model)).to.include({ name: 'joint', model: join(model, 'decoder') });
    }));

  it('is as the config says, with the decoder that it names', () =>
    withFolder(async (model) => {
      await mkdir(join(model, 'decoder'));
      expect(decoding(model, { decode: { name: 'argmax' } })).to.deep.equal({ name: 'argmax' });
      expect(decoding(model, { decode: { name: 'joint', model: 'other' } })).to.include({ model: 'other' });
    }));

  it('is argmax by default for edits, which start late, and for baselines', () =>
    withFolder(async (model) => {
      await mkdir(join(model, 'decoder'));
      expect(decoding(model, { edit: { text: 'A heron waits.' } })).to.deep.equal({ name: 'argmax' });
      expect(decoding(model, { method: { name: 'best-of-n' } })).to.deep.equal({ name: 'argmax' });
    }));
});
