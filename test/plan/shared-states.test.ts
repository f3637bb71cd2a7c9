import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { builtInGuides } from '../../guidance/index.js';
import { keyOf, normal } from '../../lib/base/random.js';
import { tf } from '../../lib/engine/index.js';
import type { GradientGuide } from '../../lib/guide/contract.js';
import { modelInfoOf } from '../../lib/guide/model-info.js';
import { denoiserOf } from '../../lib/model/checkpoint/checkpoint.js';
import { classifierParams, classifierSizeOf } from '../../lib/model/denoiser/noisy-encoder.js';
import { initialParameters } from '../../lib/model/parameters.js';
import { type LatentClause, makeGuides } from '../../lib/plan/make-guides.js';
import type { PlannedClause } from '../../lib/plan/plan.js';
import { stateAt } from '../../lib/testing/claims.js';
import { freshWeights, tensorsOf, tinyConfig, tokenizer } from '../tiny-model.js';

const classes = ['spring', 'summer', 'winter'];
const network = { layers: 1, width: 8, heads: 2 };
const weights = freshWeights(tinyConfig);
const checkpoint = { folder: '', config: tinyConfig, tokenizer, denoiser: denoiserOf(tinyConfig), weights, hash: '' };
const info = modelInfoOf(checkpoint);
const about = { format: 'diffusteer-guide', version: 1, guide: 'classify', via: 'gradient', denoiser: '' } as const;
const classify = builtInGuides.get('classify')!;
const specs = [...classifierParams(classifierSizeOf(tinyConfig, network)), ...classify.classifier!.outputs(8, classes)];
const tensors = initialParameters(specs, keyOf(3));

/** Any of the labels, with one shared classifier or with equal separate ones. */
async function anyOf(labels: readonly string[], isOne: boolean): Promise<LatentClause> {
  const one = { config: { ...about, network, classes }, tensors };
  const shared = { path: '', weight: 1, via: 'gradient' } as const;
  const members = labels.map((label) => ({ leaf: { ...shared, label, factory: classify, options: [{ label }] } }));
  const tree: PlannedClause['tree'] = { op: 'any', label: 'any', path: '', weight: 1, members };
  const clause = { ...shared, label: 'any', window: [0, 1] as const, tree };
  const trained = async () => (isOne ? one : { ...one, tensors: { ...tensors } });
  const { guides } = await makeGuides([clause], checkpoint, info, trained);
  return guides!.latent[0]!;
}

describe('guides of a clause that share a classifier', () => {
  const z = tf.tensor(normal(keyOf(1), 8 * 4), [1, 8, 4]);
  const gradientOf = ({ guide, options, weights }: LatentClause): Tensor => {
    const { encode, logProb } = guide as GradientGuide<unknown>;
    const inputs = tensorsOf(encode([options[0]]));
    const own = tensorsOf(weights);
    return tf.grad((x: Tensor) => tf.sum(logProb(x, stateAt(x, info), inputs, own)))(z);
  };
  const kernelsOf = async (clause: LatentClause): Promise<number> =>
    (await tf.profile(() => gradientOf(clause))).kernels.filter(({ name }) => name === 'Softmax').length;

  it('read the latents once, and give the results of separate classifiers, repeatedly', async () => {
    const one = await anyOf(['spring', 'winter'], true);
    const apart = await anyOf(['spring', 'winter'], false);
    const expected = [...gradientOf(apart).dataSync()];
    expect(Math.max(...expected.map(Math.abs))).to.be.above(1e-4);
    for (let call = 0; call < 2; call++)
      gradientOf(one)
        .dataSync()
        .forEach((value, i) => expect(value).to.be.closeTo(expected[i]!, 1e-6));
    expect(Object.keys(one.weights)).to.have.length(specs.length);
    expect(Object.keys(apart.weights)).to.have.length(2 * specs.length);
    expect(await kernelsOf(one))
      .to.equal((await kernelsOf(apart)) / 2)
      .and.to.be.above(0);
  });
});
