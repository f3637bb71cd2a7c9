import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { tf } from '../../lib/engine/index.js';

const require = createRequire(import.meta.url);

/** The methods that the types of tfjs-core declare for a tensor. */
function declaredMethods(): string[] {
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-core')), 'public/chained_ops');
  const files = readdirSync(folder).filter((file) => file.endsWith('.d.ts'));
  return files.flatMap((file) => /interface Tensor<[^{]*\{\s*(\w+)/.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? []);
}

describe('tf', () => {
  it('has every operation as a method of a tensor that its types declare', () => {
    const methods = declaredMethods();
    expect(methods).to.have.length.above(130);
    expect(methods.filter((name) => typeof (tf.Tensor.prototype as unknown as Record<string, unknown>)[name] !== 'function')).to.deep.equal([]); // prettier-ignore
  });

  it('has methods that give the results of the operations', () => {
    const x = tf.tensor1d([1, -2]);
    expect(x.sub(3).abs().arraySync()).to.deep.equal([2, 5]);
    expect(x.as2D(2, 1).matMul(tf.tensor2d([[3]])).flatten().arraySync()).to.deep.equal([3, -6]); // prettier-ignore
    expect(x.concat(x).stack([tf.zeros([4]), tf.ones([4])]).shape).to.deep.equal([3, 4]); // prettier-ignore
    expect(x.where(x.greater(0), tf.scalar(7)).toInt().arraySync()).to.deep.equal([1, 7]); // prettier-ignore
    expect(() => x.asScalar()).to.throw('only 1 element');
    x.dispose();
    expect(() => x.neg()).to.throw('disposed');
  });

  it('is the tfjs that its backends register with', () => {
    const core = require('@tensorflow/tfjs-core') as typeof tf;
    expect(core.engine()).to.equal(tf.engine());
    expect(core.Tensor).to.equal(tf.Tensor);
    expect(Object.keys(tf.engine().registryFactory)).to.include.members(['cpu', 'trace']);
    expect(tf.getBackend()).to.equal('cpu');
  });
});
