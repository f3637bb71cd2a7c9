import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { bestSequence, choice, compileExpression, latticeOf, one, repeat, sequence } from '../../lib/automaton/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { keyOf, normal, split } from '../../lib/base/random.js';
import { ddpmSteps } from '../../lib/diffusion/reverse-steps.js';
import { continuousLevels } from '../../lib/diffusion/schedule.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import type { Device, HostTensor, HostTensors } from '../../lib/engine/types.js';
import { tilt } from '../../lib/guide/tilt.js';
import { gaussianEvidence } from '../../lib/model/denoiser/score-interpolation.js';
import type { Denoiser } from '../../lib/model/types.js';
import type { SampleBatch, SamplerSetup, Tilt } from '../../lib/sampler/batch.js';
import type { LatentGuide } from '../../lib/sampler/graph.js';
import { continued, type Latents, stackLatents } from '../../lib/sampler/latents.js';
import { type RunStep, runSteps, type StepObserver, type StepRequest } from '../../lib/sampler/observer.js';
import { createSampler } from '../../lib/sampler/sample.js';
import { createStepRunner } from '../../lib/sampler/step-runner.js';
import { floats } from '../tiny-model.js';

/** The probabilities of the pairs of three tokens. */
const PAIRS = [0.45, 0.05, 0, 0, 0.25, 0.1, 0, 0, 0.15];
const [V, D, L] = [3, 2, 2];
const toyWeights: HostTensors = {
  embedding: floats(
    [V, D],
    [0, 1, 2].flatMap((v) => [Math.SQRT2 * Math.cos(2 * v + 0.3), Math.SQRT2 * Math.sin(2 * v + 0.3)]),
  ),
  pairs: floats([1, V, V], PAIRS.map((p) => Math.log(p + 1e-9))), // prettier-ignore
};

/** Returns the exact posterior p(w_i | x) of both tokens under that distribution. */
const exact: Denoiser = {
  parameters: [],
  interpolates: true,
  embeddings: (weights) => weights['embedding']!,
  denoise(weights, x, time) {
    const evidence = gaussianEvidence(x, time, weights['embedding']!); // [B, 2, V]
    const of = (i: number, shape: number[]) => tf.reshape(tf.slice(evidence, [0, i, 0], [-1, 1, -1]), shape);
    const joint = tf.add(weights['pairs']!, tf.add(of(0, [-1, V, 1]), of(1, [-1, 1, V]))); // [B, V, V]
    const logits = tf.stack([tf.logSumExp(joint, 2), tf.logSumExp(joint, 1)], 1); // [B, 2, V]
    return { logits, x0: x };
  },
};

const steering = { inner: 1, step: 0.1, momentum: 0, scale: 'max-norm', floor: 0, prior: 0 } as const;
const setupOf = (rows: number, steps: number, changes: Partial<SamplerSetup> = {}): SamplerSetup => ({
  denoiser: exact,
  weights: toyWeights,
  size: { rows, maxTokens: L, embeddingWidth: D, vocabularySize: V },
  steps: ddpmSteps(continuousLevels(steps)),
  temperature: 1,
  clamp: false,
  steering,
  guides: [],
  ...changes,
});

const batchOf = (rows: number, seed: number, factors = new Float32Array(rows * L * V)): SampleBatch => ({
  start: normal(split(keyOf(seed), 'start'), rows * L * D),
  noiseAt: (step) => normal(split(keyOf(seed), step), rows * L * D),
  factors,
  guideInputs: [],
});

const best = (probs: Float32Array, at: number): number => {
  const row = probs.subarray(at * V, (at + 1) * V);
  return row.indexOf(Math.max(...row));
};

describe('sampling', () => {
  let device: Device;
  before(async () => {
    device = await openDevice('onnx-cpu', { threads: 1 });
  });
  after(() => device.dispose());

  async function pairsOf(setup: SamplerSetup, batches: number): Promise<number[]> {
    const counts = PAIRS.map(() => 0);
    const { rows } = setup.size;
    const sampler = createSampler(device, setup);
    for (let seed = 0; seed < batches; seed++) {
      const probs = await sampler.sample(batchOf(rows, seed));
      for (let b = 0; b < rows; b++) counts[best(probs, 2 * b) * V + best(probs, 2 * b + 1)]! += 1 / (rows * batches);
    }
    return counts;
  }

  it('reproduces the distribution of pairs, and so of tokens, with the exact posterior', async () => {
    const count = 2 * 1024;
    const shares = await pairsOf(setupOf(1024, 80), 2);
    // Four standard errors of a share, and 0.015 because the steps are finite.
    PAIRS.forEach((p, pair) =>
      expect(shares[pair], `pair ${pair}`).to.be.closeTo(p, 4 * Math.sqrt((p * (1 - p)) / count) + 0.015),
    );
  });

  it('favours likely tokens at a low temperature', async () => {
    const [plain, cold] = [await pairsOf(setupOf(512, 40), 1), await pairsOf(setupOf(512, 40, { temperature: 0.5 }), 1)];
    expect(cold[0]).to.be.above(plain[0]! + 0.02);
  });

  it('gives forbidden tokens no probability', async () => {
    const rows = 64;
    const factors = new Float32Array(rows * L * V);
    for (let b = 0; b < rows; b++) factors[(b * L + (b % 2)) * V + (b % 3)] = -Infinity;
    const probs = await createSampler(device, setupOf(rows, 20)).sample(batchOf(rows, 1, factors));
    factors.forEach((factor, i) => (factor === -Infinity ? expect(probs[i]).to.equal(0) : undefined));
    for (let at = 0; at < rows * L; at++) {
      expect(probs.subarray(at * V, (at + 1) * V).reduce((a, b) => a + b)).to.be.closeTo(1, 1e-5);
    }
  });

  it('is steered by allowed tokens: the other token follows', async () => {
    const rows = 256;
    const factors = new Float32Array(rows * L * V);
    for (let b = 0; b < rows; b++) factors.set([-Infinity, -Infinity, 0], b * L * V); // the first token is 2: so is the second
    const probs = await createSampler(device, setupOf(rows, 40)).sample(batchOf(rows, 1, factors));
    const seconds = Array.from({ length: rows }, (_, b) => best(probs, 2 * b + 1));
    expect(seconds.filter((v) => v === 2).length / rows).to.be.above(0.7); // of all pairs: 0.25
  });

  it('makes each row from its own noise: a row is the same at any position in the batch', async () => {
    const [rows, seed] = [6, 3];
    const sampler = createSampler(device, setupOf(rows, 15));
    const batch = batchOf(rows, seed);
    const whole = await sampler.sample(batch);
    const reversed = (data: Float32Array) => {
      const width = data.length / rows;
      return Float32Array.from(data, (_, i) => data[(rows - 1 - Math.floor(i / width)) * width + (i % width)]!);
    };
    const turned = { ...batch, start: reversed(batch.start), noiseAt: (step: number) => reversed(batch.noiseAt(step)) };
    reversed(await sampler.sample(turned)).forEach((p, i) => expect(p).to.be.closeTo(whole[i]!, 1e-4));
  });

  it('makes the same texts under an automaton that accepts everything as without one, with guides', async () => {
    const rows = 5;
    const guide: LatentGuide = {
      guide: {
        via: 'gradient',
        encode: () => ({}),
        logProb: (z, { logits }) => tf.mean(tf.mul(tf.sum(z, -1), tf.max(logits, -1)), 1),
      },
      weights: {},
      window: [0, 0.9],
    };
    const sampler = createSampler(device, setupOf(rows, 12, { guides: [guide] }));
    const batch = { ...batchOf(rows, 2), guideInputs: [{ weight: floats([], [1]) }] };
    const everything = compileExpression(repeat(one([0, 1, 2]), 0), V);
    const lattice = latticeOf(everything, new Float32Array(L * V));
    const some = await sampler.sample({ ...batch, lattices: [lattice, undefined, lattice, lattice, undefined] });
    (await sampler.sample(batch)).forEach((p, i) => expect(some[i]).to.be.closeTo(p, 1e-5));
  });

  it('is steered by an automaton: the pairs follow the distribution given acceptance', async () => {
    const rows = 1024;
    const unequal = compileExpression(
      choice(...[0, 1, 2].map((v) => sequence(one([v]), one([0, 1, 2].filter((w) => w !== v))))),
      V,
    );
    const lattice = latticeOf(unequal, new Float32Array(L * V));
    const batch = { ...batchOf(rows, 1), lattices: Array.from({ length: rows }, () => lattice) };
    const probs = await createSampler(device, setupOf(rows, 60)).sample(batch);
    const counts = PAIRS.map(() => 0);
    for (let b = 0; b < rows; b++) {
      const [first, second] = bestSequence(lattice, probs.subarray(b * L * V, (b + 1) * L * V), batch.factors) as unknown as [
        number,
        number,
      ];
      counts[first * V + second]! += 1 / rows;
    }
    [0, 4, 8].forEach((pair) => expect(counts[pair]).to.equal(0));
    // Of the accepted pairs only 0 1 and 1 2 are likely, and their order stays the same.
    expect(counts[5]! + counts[1]!).to.be.above(0.9);
    expect(counts[5]).to.be.above(counts[1]!);
  });

  it('is steered by the gradient of a reward: independent tokens are distributed as p e^reward', async () => {
    const rows = 1024;
    const [p, worth] = [[0.5, 0.3, 0.2], [0, 1, -1]]; // prettier-ignore
    const independent = { pairs: floats([1, V, V], p.flatMap((a) => p.map((b) => Math.log(a * b)))) }; // prettier-ignore
    const slopes = Float32Array.from([...worth, 0, 0, 0]); // of the first token only
    const shares: number[] = [];
    const tilted: Tilt = (probs, share) => {
      shares.push(share);
      tilt(probs, slopes, V);
    };
    const sampler = createSampler(device, setupOf(rows, 60, { weights: { ...toyWeights, ...independent } }));
    const probs = await sampler.sample({ ...batchOf(rows, 1), tilts: Array.from({ length: rows }, () => tilted) });
    expect([...new Set(shares)]).to.deep.equal(Array.from({ length: 60 }, (_, step) => step / 60));
    const wanted = p.map((of, v) => of * Math.exp(worth[v]!));
    const norm = wanted.reduce((a, b) => a + b);
    [wanted.map((of) => of / norm), p].forEach((of, position) =>
      of.forEach((share, v) => {
        const found =
          Array.from({ length: rows }, (_, b) => best(probs, L * b + position)).filter((token) => token === v).length / rows;
        expect(found, `token ${v} at ${position}`).to.be.closeTo(share, 4 * Math.sqrt((share * (1 - share)) / rows) + 0.015);
      }),
    );
  });

  it('takes the weights of rows from an observer, and tells it the log-probabilities of the steps in the window', async () => {
    const rows = 3;
    const guide: LatentGuide = {
      guide: { via: 'gradient', encode: () => ({}), logProb: (z) => tf.neg(tf.sum(tf.square(z), [1, 2])) },
      weights: {},
      window: [0, 0.5],
      watched: true,
    };
    const seen: [share: number, logProbs: number][] = [];
    const observer: StepObserver = {
      before: () => ({ weights: { 0: Float32Array.of(0, 1, 4) }, logProbs: [0] }),
      after({ share }, { logProbs }) {
        if (logProbs.has(0)) seen.push([share, logProbs.get(0)!.length]);
        return undefined;
      },
    };
    const sampler = createSampler(device, setupOf(rows, 8, { guides: [guide] }));
    const weighted = async (weight: number) =>
      sampler.sample({ ...batchOf(rows, 2), guideInputs: [{ weight: floats([rows], [weight, weight, weight]) }] });
    const inputs = { guideInputs: [{ weight: floats([rows], [9, 9, 9]) }], observers: [observer] };
    const probs = await sampler.sample({ ...batchOf(rows, 2), ...inputs });
    expect(seen).to.deep.equal([0, 1, 2, 3].map((step) => [step / 8, rows]));
    const alike = await Promise.all([0, 1, 4].map(weighted));
    alike.forEach((of, row) => {
      for (let i = row * L * V; i < (row + 1) * L * V; i++) expect(probs[i]).to.be.closeTo(of[i]!, 1e-5);
    });
    expect(Math.abs(alike[0]![0]! - alike[2]![0]!)).to.be.above(1e-3);
  });

  it('makes a share of the previous move of a gradient guide again, of the ancestor if rows continue others', async () => {
    const [rows, momentum] = [2, 0.5];
    const guide: LatentGuide = {
      guide: { via: 'gradient', encode: () => ({}), logProb: (z) => tf.sum(z, [1, 2]) }, // a constant gradient
      weights: {},
      window: [0, 1],
    };
    const setup = setupOf(rows, 4, { guides: [guide], steering: { ...steering, momentum } });
    const [first, second] = runSteps(setup.steps) as [RunStep, RunStep];
    const weight = floats([rows], [1, 3]);
    const run = createStepRunner(device, setup).begin({ ...batchOf(rows, 1), guideInputs: [{ weight }] });
    const drawn = async (step: RunStep, from: Latents) => (await run.draw(step, run.inputs(step, from, {}), {})).next!;
    const latents = await drawn(first, run.start);
    const { ['move/gradient']: move, ...still } = latents;
    const swapped = continued(latents, Int32Array.of(1, 0));
    const [moving, fresh, other] = await Promise.all([latents, still as Latents, swapped].map((from) => drawn(second, from)));
    const lengthOf = (tensor: HostTensor, row: number) => Math.hypot(...tensor.data.slice(row * L * D, (row + 1) * L * D));
    expect(lengthOf(move!, 1)).to.be.closeTo(3 * lengthOf(move!, 0), 1e-5);
    move!.data.forEach((by, i) => expect(moving!.x.data[i]! - fresh!.x.data[i]!).to.be.closeTo(momentum * by, 1e-5));
    const row = (tensor: HostTensor, at: number) => [...tensor.data.slice(at * L * D, (at + 1) * L * D)];
    expect(row(swapped['move/gradient']!, 0)).to.deep.equal(row(move!, 1));
    expect(lengthOf(other!['move/gradient']!, 0)).to.be.above(lengthOf(moving!['move/gradient']!, 0));
    run.dispose();
  });

  it('continues rows with the latents of their ancestors, and tells every observer before the next step', async () => {
    const [rows, steps] = [4, 6];
    const [selectAfter, ancestors] = [2, Int32Array.of(3, 3, 0, 3)];
    const told: (Int32Array | undefined)[] = [];
    const seen: number[] = []; // token probabilities by step
    const selecting: StepObserver = {
      before: () => ({}),
      after: ({ step }) => (step === selectAfter ? Promise.resolve(ancestors) : undefined),
    };
    const watching: StepObserver = {
      before: (_, of) => (told.push(of), { probs: true }),
      after: (_, { probs }) => (seen.push(probs!.length), undefined),
    };
    const same = batchOf(1, 1); // each row has the same noise, so only their latents differ
    const batch: SampleBatch = {
      ...batchOf(rows, 1),
      noiseAt: (step) => Float32Array.from({ length: rows * L * D }, (_, i) => same.noiseAt(step)[i % (L * D)]!),
    };
    const sampler = createSampler(device, setupOf(rows, steps));
    const free = await sampler.sample(batch);
    const selected = await sampler.sample({ ...batch, observers: [watching, selecting] });
    const rowOf = (probs: Float32Array, row: number) => [...probs.subarray(row * L * V, (row + 1) * L * V)];
    ancestors.forEach((from, row) => expect(rowOf(selected, row)).to.deep.equal(rowOf(free, from)));
    expect(rowOf(free, 3)).to.not.deep.equal(rowOf(free, 0));
    expect(told).to.deep.equal([undefined, undefined, undefined, ancestors, undefined, undefined]);
    expect(seen).to.deep.equal(Array.from({ length: steps }, () => rows * L * V));
  });

  it('shows observers what they ask for and nothing else, and leaves nothing on the device', async () => {
    const rows = 2;
    const setup = setupOf(rows, 4);
    const [first] = runSteps(setup.steps) as [RunStep];
    const put = device.put.bind(device);
    const residents = new Set<object>();
    device.put = (tensor) => {
      const resident = put(tensor);
      const dispose = resident.dispose.bind(resident);
      residents.add(resident);
      return Object.assign(resident, { dispose: () => (residents.delete(resident), dispose()) });
    };
    try {
      const run = createStepRunner(device, setup).begin(batchOf(rows, 1));
      const sightOf = async (request: StepRequest) => (await run.draw(first, run.inputs(first, run.start, {}), request)).seen;
      const nothing = await sightOf({});
      expect([nothing.probs, nothing.logits, nothing.logProbs.size]).to.deep.equal([undefined, undefined, 0]);
      const both = await sightOf({ probs: true, logits: true });
      expect([both.probs!.length, both.logits!.length]).to.deep.equal([rows * L * V, rows * L * V]);
      for (let at = 0; at < rows * L * V; at += V) {
        const odds = [...both.logits!.subarray(at, at + V)].map(Math.exp);
        const sum = odds.reduce((a, b) => a + b);
        odds.forEach((odd, v) => expect(both.probs![at + v]).to.be.closeTo(odd / sum, 1e-5)); // at temperature 1, without factors
      }
      expect((await sightOf({ logits: true })).probs).to.equal(undefined);
      expect(residents.size).to.be.above(0);
      run.dispose();
      await createSampler(device, setup).sample(batchOf(rows, 1));
      expect(residents.size).to.equal(0);
    } finally {
      device.put = put;
    }
  });

  it('stops between two steps when its signal aborts', async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const onStep = (done: number) => (seen.push(done), done === 3 ? stop.abort() : undefined);
    const run = createSampler(device, setupOf(2, 10)).sample(batchOf(2, 1), { signal: stop.signal, onStep });
    expect(await run.catch((error: unknown) => error)).to.be.instanceOf(Interrupted);
    expect(seen).to.deep.equal([1, 2, 3]);
  });
});

describe('latents', () => {
  const tensor = (...rows: number[][]): HostTensor => floats([rows.length, 1, 2], rows.flat());

  it('of a batch of any size continue those of other rows', () => {
    const alone: Latents = { x: tensor([1, 2]), previousX0: tensor([3, 4]) };
    expect(continued(alone, [0])).to.deep.equal(alone);
    expect(continued(alone, [0, 0]).x).to.deep.equal(tensor([1, 2], [1, 2]));
    const three: Latents = { x: tensor([1, 2], [3, 4], [5, 6]), previousX0: tensor([0, 0], [0, 1], [0, 2]) };
    expect(continued(three, [2, 0])).to.deep.equal({ x: tensor([5, 6], [1, 2]), previousX0: tensor([0, 2], [0, 0]) });
  });

  it('of rows are stacked; what a row lacks is 0', () => {
    const one: Latents = { x: tensor([1, 2]), previousX0: tensor([3, 4]) };
    const other: Latents = { x: tensor([5, 6]), previousX0: tensor([7, 8]), 'move/gradient': tensor([9, 10]) };
    expect(stackLatents([one, other], 3)).to.deep.equal({
      x: tensor([1, 2], [5, 6], [0, 0]),
      previousX0: tensor([3, 4], [7, 8], [0, 0]),
      'move/gradient': tensor([0, 0], [9, 10], [0, 0]),
    });
  });
});

describe('the window of a guide', () => {
  /** Returns the reverse steps, of ten, at which a guide with this window was called. */
  async function stepsWithin(window: readonly [number, number]): Promise<number[]> {
    const device = await openDevice('tfjs-cpu'); // calls the guide's function at each step, unlike compiled graphs
    let asked = false;
    const guide: LatentGuide = {
      guide: {
        via: 'gradient',
        encode: () => ({}),
        logProb(z: Tensor) {
          asked = true;
          return tf.neg(tf.sum(tf.square(z), [1, 2]));
        },
      },
      weights: {},
      window,
    };
    const steps: number[] = [];
    const batch = { ...batchOf(2, 1), guideInputs: [{ weight: floats([], [1]) }] };
    await createSampler(device, setupOf(2, 10, { guides: [guide] })).sample(batch, {
      onStep(done) {
        if (asked) steps.push(done - 1);
        asked = false;
      },
    });
    await device.dispose();
    return steps;
  }

  it('holds the steps whose share, step / steps, is in [from, to), but for the last step, which draws no latents', async () => {
    expect(await stepsWithin([0, 0.6])).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(await stepsWithin([0.6, 1])).to.deep.equal([6, 7, 8]);
    expect(await stepsWithin([0.25, 0.75])).to.deep.equal([3, 4, 5, 6, 7]);
  });
});
