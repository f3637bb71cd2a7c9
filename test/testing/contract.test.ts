import { Type } from '@sinclair/typebox';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import avoid from '../../examples/plugins/avoid.js';
import length from '../../guidance/length.js';
import { tf } from '../../lib/engine/index.js';
import type {
  GradientGuide,
  Guide,
  GuideContext,
  GuideFactory,
  ParticlesGuide,
  PosteriorGuide,
  ProjectGuide,
} from '../../lib/guide/contract.js';
import { type ContractOptions, guideContract } from '../../lib/testing/index.js';
import { wordsIn } from '../../lib/testing/subject.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

interface Options {
  to: number;
}

/** Returns a guide that keeps the contract, for each `via`. */
function good(create: (context: GuideContext) => Guide<Options>, via: GuideContext['via']): GuideFactory<Options> {
  return {
    name: 'near',
    summary: 'Latents are near to a number.',
    options: Type.Object({ to: Type.Number() }),
    example: { to: 0.5 },
    places: [via],
    check: () => [],
    create,
  };
}

const column = (values: readonly number[]) => ({
  dtype: 'float32' as const,
  shape: [values.length, 1, 1],
  data: Float32Array.from(values),
});

const gradient: GradientGuide<Options> = {
  via: 'gradient',
  encode: (rows) => ({ to: column(rows.map((row) => row?.to ?? 0)) }),
  logProb: (z, _state, { to }) => tf.neg(tf.sum(tf.squaredDifference(z, to!), [1, 2])),
};

const posterior = ({ model: { maxTokens, vocabulary } }: GuideContext): PosteriorGuide<Options> => ({
  via: 'posterior',
  factors: () => ({ logUnary: new Float32Array(maxTokens * vocabulary.size) }),
});

const project: ProjectGuide<Options> = {
  via: 'project',
  encode: (rows) => ({ to: column(rows.map((row) => row?.to ?? 0)), on: column(rows.map((row) => (row ? 1 : 0))) }),
  project: (x0, _state, { to, on }) => tf.where(tf.cast(tf.mul(on!, tf.onesLike(x0)), 'bool'), tf.mul(to!, tf.onesLike(x0)), x0),
};

const byGradient = (changes: Partial<GradientGuide<Options>> = {}) => good(() => ({ ...gradient, ...changes }), 'gradient');
const byProjection = (changes: Partial<ProjectGuide<Options>> = {}) => good(() => ({ ...project, ...changes }), 'project');
const byFactors = (change: (factors: Float32Array, context: GuideContext) => void = () => undefined) =>
  good((context) => {
    const factors = () => {
      const { logUnary } = posterior(context).factors({ to: 1 });
      change(logUnary!, context);
      return { logUnary: logUnary! };
    };
    return { via: 'posterior', factors };
  }, 'posterior');

const byReward = (reward: ParticlesGuide<Options>['reward']) => good(() => ({ via: 'particles', reward }), 'particles');
const lengths: ParticlesGuide<Options>['reward'] = (texts, rows) => texts.map(({ tokens }, i) => -tokens.length * rows[i]!.to);

/** Returns the names of the failed checks, with their messages. */
async function failures<O>(factory: GuideFactory<O>, options: ContractOptions<O> = {}): Promise<Record<string, string>> {
  const failed: Record<string, string> = {};
  for (const { name, run } of guideContract(factory, options)) {
    await run().catch((error: unknown) => (failed[name] = String(error)));
  }
  return failed;
}

let calls = 0;

/** log p with half of its correct gradient. */
const halved = tf.customGrad((z) => ({
  value: tf.neg(tf.sum(tf.square(z as Tensor), [1, 2])),
  gradFunc: (dy: Tensor) => tf.mul(tf.neg(z as Tensor), tf.reshape(dy, [-1, 1, 1])),
}));

describe('the contract of guides', function () {
  this.timeout(60_000); // compiles the graphs of many small runs

  it('passes for correct guides of each `via`', async () => {
    for (const factory of [byGradient(), byProjection(), byFactors(), byReward(lengths)])
      expect(await failures(factory, { examples: [{ to: 1 }, { to: -1 }] })).to.deep.equal({});
  });

  // prettier-ignore
  const broken: readonly [what: string, factory: GuideFactory<Options>, check: RegExp, message: RegExp][] = [
    ['a summary that is not a sentence', { ...byFactors(), summary: 'near' }, /its summary is a sentence/, /got "near"/],
    ['an open schema', { ...byFactors(), options: Type.Object({ to: Type.Number() }, { additionalProperties: true }) }, /schema refuses nonsense/, /"nosuch":1/],
    ['a check that refuses the example', { ...byFactors(), check: () => [{ path: '/to', message: 'no' }] }, /accepts its own/, /\{"to":0.5\}, got \/to: no/],
    ['another `via`', good((context) => posterior(context), 'gradient'), /creates a guide that acts there/, /expected a guide with via: 'gradient', got 'posterior'/],
    ['a factor above 0', byFactors((factors) => factors.fill(1, 30, 31)), /factors are \[L, V\]/, /got 1 for/],
    ['a factor that is NaN', byFactors((factors) => factors.fill(NaN, 30, 31)), /factors are \[L, V\]/, /got NaN for/],
    ['factors that change', byFactors((factors) => factors.fill(-calls++, 30, 31)), /factors are \[L, V\]/, /changed from call to call/],
    ['a position without a token', byFactors((factors, { model: { vocabulary: v } }) => factors.fill(-Infinity, 3 * v.size, 4 * v.size)), /factors allow/, /no token at position 3/],
    ['a weight on START', byFactors((factors, { model: { vocabulary: v } }) => factors.fill(-2, v.start, v.start + 1)), /factors allow/, /give START -2 nats/],
    ['inputs that depend on their row', byGradient({ encode: (rows) => ({ to: column(rows.map((_, i) => i)) }) }), /gradient: inputs have one row/, /alone and in a batch differ/],
    ['inputs without rows', byGradient({ encode: () => ({ to: column([1]) }) }), /gradient: inputs have one row/, /expected 3 rows first/],
    ['an empty batch without inputs', byGradient({ encode: (rows) => (rows.length === 0 ? {} : gradient.encode(rows)) }), /an empty batch/, /expected the inputs to for an empty batch too/],
    ['log p above 0', byGradient({ logProb: (z) => tf.sum(tf.square(z), [1, 2]) }), /log p is one finite/, /of at most 0 at time 0, got \d/],
    ['log p that is infinite without noise', byGradient({ logProb: (z, { time }) => tf.add(tf.neg(tf.sum(tf.square(z), [1, 2])), tf.log(time)) }), /log p is one finite/, /at time 0, got -Infinity/],
    ['one log p for the batch', byGradient({ logProb: (z) => tf.neg(tf.sum(tf.square(z))) }), /log p is one finite/, /expected log-probabilities of shape \[2\], got \[\]/],
    ['rows that leak', byGradient({ logProb: (z) => tf.neg(tf.sum(tf.squaredDifference(z, tf.mean(z, 0, true)), [1, 2])) }), /gradient: rows do not leak/, /alone, compared with a batch/],
    ['a gradient of another function', byGradient({ logProb: (z) => halved(z) }), /the gradient agrees with finite/, /slope by differences/],
    ['latents without an effect', byGradient({ logProb: (z) => tf.mul(tf.neg(tf.sum(tf.square(z), [1, 2])), 0) }), /the gradient agrees with finite/, /norm 0/],
    ['options frozen into the graph', good(() => {
      let latest: number[] = [];
      const encode: GradientGuide<Options>['encode'] = (rows) => {
        latest = rows.map((row) => row?.to ?? 0);
        return gradient.encode(rows);
      };
      return { ...gradient, encode, logProb: (z) => tf.neg(tf.sum(tf.squaredDifference(z, tf.tensor(latest, [latest.length, 1, 1])), [1, 2])) };
    }, 'gradient'), /a graph recorded for one batch/, /by a graph recorded for another batch: expected/],
    ['a value that changes', byGradient({ encode: (rows) => ({ to: column(rows.map(() => calls++)) }) }), /the same seed/, /expected the same seed to give the same text/],
    ['a projection that adds', byProjection({ project: (x0, _state, { on }) => tf.add(x0, on!) }), /writing twice is the same/, /between projecting twice and once/],
    ['a projection that writes nothing', byProjection({ project: (x0) => tf.add(x0, 0) }), /writing twice is the same/, /got it back unchanged/],
    ['a projection for null', byProjection({ project: (x0) => tf.zerosLike(x0) }), /writing twice is the same/, /the largest change by null/],
    ['a projection that leaks', byProjection({ project: (x0, _state, { to }) => tf.mul(tf.onesLike(x0), tf.slice(to!, 0, 1)) }), /project: rows do not leak/, /in another order/],
    ['a reward for the batch', byReward(() => [1]), /a reward is one number/, /expected 4 rewards, one per text, got 1/],
    ['a reward that is not a number', byReward((texts) => texts.map(({ tokens }) => Math.log(-tokens.length))), /a reward is one number/, /got NaN for/],
    ['a reward that changes', byReward((texts) => texts.map(() => calls++)), /a reward is one number/, /the same reward each time/],
    ['rewards that compare texts', byReward((texts) => texts.map((_, i) => i)), /texts do not leak/, /that it has alone/],
  ];

  for (const [what, factory, check, message] of broken) {
    it(`is broken by ${what}`, async () => {
      const failed = Object.entries(await failures(factory));
      const found = failed.find(([name]) => check.test(name));
      expect(found, `failed: ${failed.map(([name]) => name).join('; ')}`).to.not.equal(undefined);
      expect(found![1]).to.match(message);
    });
  }

  it('has a vocabulary with the words of the examples', async () => {
    expect(wordsIn([{ words: ['cheap pub', 'The Quay,'], n: 3 }])).to.include.members(['cheap', 'pub', 'Quay', ',', 'garden']);
    expect(await failures(avoid, { examples: [{ words: ['sometimes'] }] })).to.deep.equal({});
    const failed = await failures(avoid, { words: ['only', 'these'] });
    expect(failed['posterior: accepts its own examples']).to.contain('/words/0: the vocabulary has no word "cheap"');
  });

  it('can be tested with a model of the user', () =>
    withFolder(async (folder) => {
      await writeTinyModel(folder); // for six words
      expect(await failures(length, { model: folder, examples: [{ length: 6 }] })).to.include.keys(
        'posterior: accepts its own examples',
      );
      expect(await failures({ ...length, example: { length: 5 } }, { model: folder })).to.deep.equal({});
    }));
});
