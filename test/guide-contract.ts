import type { Tensor } from '@tensorflow/tfjs';
import { expect } from 'chai';
import { emptiness, onCanvas, type Automaton } from '../lib/automaton/index.js';
import { check } from '../lib/config/index.js';
import { tf } from '../lib/engine/index.js';
import type { HostTensor, HostTensors, Tensors } from '../lib/engine/types.js';
import { classifierParams, tokenStates, type ClassifierSize } from '../lib/model/classifier.js';
import { initialParameters } from '../lib/model/parameters.js';
import { keyOf, normal } from '../lib/random.js';
import { addFactors, canvasFactors, emptyPosition } from '../lib/sampler/factors.js';
import type {
  GradientGuide,
  Guide,
  GuideFactory,
  ModelInfo,
  Place,
  PosteriorGuide,
  ProjectGuide,
  StepState,
} from '../lib/sampler/guide.js';
import { tensorsOf, vocabulary } from './tiny-model.js';

export interface ContractCase<O> {
  readonly factory: GuideFactory<O>;
  /** Options that work beside the factory's example. */
  readonly rows: readonly O[];
  /** Options that the schema must refuse. */
  readonly nonsense: readonly unknown[];
  /** What the guide's TableSpec would count. */
  readonly tables?: HostTensors;
  /** What its classifier would have been trained to tell apart. */
  readonly classes?: readonly string[];
}

export const contractModel: ModelInfo = { maxTokens: 14, embeddingWidth: 4, vocabulary, wordLevel: true, interpolates: true };
const { maxTokens: L, embeddingWidth: D } = contractModel;
const size: ClassifierSize = {
  vocabularySize: vocabulary.size,
  maxTokens: L,
  embeddingWidth: D,
  ...{ layers: 1, width: 8, heads: 2, timeUnit: 1 },
};

/** What every guide owes the library, whatever it controls. */
export function describeGuideContract<O>({ factory, rows, nonsense, tables = {}, classes = [] }: ContractCase<O>): void {
  const all = [factory.example, ...rows];
  describe(`the guide ${factory.name} keeps the contract`, () => {
    it('takes its own example at every place', () => {
      for (const via of factory.places) {
        for (const options of all) {
          expect(check(factory.options, options).problems).to.deep.equal([]);
          expect(factory.check(options, contractModel, via, classes), `${via}: ${JSON.stringify(options)}`).to.deep.equal([]);
        }
      }
    });

    it('refuses nonsense by its schema, and a key that it does not know', () => {
      for (const options of [...nonsense, { ...factory.example, nosuch: 1 }, null, 3, []])
        expect(check(factory.options, options).problems, JSON.stringify(options)).to.not.deep.equal([]);
    });

    it('says in a sentence what it does', () => expect(factory.summary).to.match(/^[A-Z].{10,}\.$/));

    for (const via of factory.places) {
      const make = (): Guide<O> => factory.create({ tf, model: contractModel, via, tables, classes, states: statesOf });
      it(`acts by ${via} where it is asked to`, () => expect(make().via).to.equal(via));
      if (via === 'posterior') describePosterior(() => make() as PosteriorGuide<O>, all);
      else if (via === 'project') describeProject(() => make() as ProjectGuide<O>, all);
      else describeGradient(factory, () => make() as GradientGuide<O>, via, { all, classes });
    }
  });
}

const statesOf = (weights: Tensors, z: Tensor, time: Tensor): Tensor => tokenStates(weights, z, time, size);

const stateAt = (z: Tensor, time = 0.3): StepState => ({
  ...{ x: z, mean: z, x0: z, logits: tf.zeros([z.shape[0]!, L, vocabulary.size]) },
  ...{ time: tf.fill([z.shape[0]!], time), alphaBar: tf.scalar(0.4), sigma: tf.scalar(0.2) },
});

const latents = (rows: number, label = 1): Tensor => tf.tensor(normal(keyOf(label), rows * L * D), [rows, L, D]);

function describePosterior<O>(make: () => PosteriorGuide<O>, all: readonly O[]): void {
  it('posterior: factors are [L, V], nats at most 0 or forbidden, an automaton is over the vocabulary, the same each time', () => {
    for (const options of all) {
      const { logUnary, automaton } = make().factors(options);
      expect(logUnary ?? automaton, 'log-factors or an automaton').to.not.equal(undefined);
      if (logUnary) expect(logUnary.length).to.equal(L * vocabulary.size);
      expect(logUnary?.every((value) => value <= 0) ?? true).to.equal(true); // NaN is not
      if (automaton) expectWhole(automaton);
      expect(make().factors(options)).to.deep.equal({ ...(logUnary ? { logUnary } : {}), ...(automaton ? { automaton } : {}) });
    }
  });

  it('posterior: factors leave START first, a token at every place, and a text that the automaton accepts', () => {
    for (const options of all) {
      const factors = canvasFactors(L, vocabulary);
      const { logUnary, automaton } = make().factors(options);
      if (logUnary) addFactors(factors, logUnary, 1);
      expect(emptyPosition(factors, vocabulary.size), JSON.stringify(options)).to.equal(undefined);
      expect(factors[vocabulary.start]).to.equal(0);
      if (automaton) expect(emptiness(onCanvas(automaton, vocabulary), factors), JSON.stringify(options)).to.equal(undefined);
    }
  });
}

function expectWhole({ classOf, classes, states, next, start, accepting }: Automaton): void {
  const below = (limit: number) => (value: number) => Number.isInteger(value) && value >= 0 && value < limit;
  expect([classOf.length, next.length, accepting.length]).to.deep.equal([vocabulary.size, states * classes, states]);
  expect(classOf.every(below(classes)) && next.every((to) => to === -1 || below(states)(to)) && below(states)(start)).to.equal(
    true,
  );
}

function describeEncoding<O>(make: () => GradientGuide<O> | ProjectGuide<O>, via: Place, all: readonly O[]): void {
  it(`${via}: inputs have a row each, null pads, and a row is encoded by itself`, () => {
    const whole = make().encode([...all, null]);
    for (const [name, { shape, data }] of Object.entries(whole)) {
      expect(shape[0], name).to.equal(all.length + 1);
      expect(data.length, name).to.equal(shape.reduce((a, b) => a * b));
      all.forEach((options, i) => {
        const alone = make().encode([options])[name]!;
        expect(alone.shape).to.deep.equal([1, ...shape.slice(1)]);
        const width = alone.data.length;
        expect([...alone.data], `${name} of row ${i}`).to.deep.equal([...data.subarray(i * width, (i + 1) * width)]);
      });
    }
  });

  it(`${via}: an empty batch has inputs without rows`, () => {
    for (const { shape, data } of Object.values(make().encode([]))) expect([shape[0], data.length]).to.deep.equal([0, 0]);
  });
}

function describeProject<O>(make: () => ProjectGuide<O>, all: readonly O[]): void {
  describeEncoding(make, 'project', all);
  const table = tf.tensor(normal(keyOf(5), vocabulary.size * D), [vocabulary.size, D]);
  const projected = (rows: readonly (O | null)[], z: Tensor): Tensor =>
    make().project(z, stateAt(z), tensorsOf(make().encode(rows)), table);

  it('project: writes the same values twice as once, and nothing for null', () => {
    const z = latents(all.length);
    const once = projected(all, z);
    expect(once.shape).to.deep.equal(z.shape);
    expect(once.dataSync()).to.not.deep.equal(z.dataSync());
    expect(projected(all, once).dataSync()).to.deep.equal(once.dataSync());
    expect(projected([null], latents(1)).dataSync()).to.deep.equal(latents(1).dataSync());
  });

  it('project: rows do not leak into each other', () => {
    const z = latents(all.length);
    const turned = projected([...all].reverse(), tf.reverse(z, 0));
    expect(tf.reverse(turned, 0).dataSync()).to.deep.equal(projected(all, z).dataSync());
  });
}

function describeGradient<O>(
  factory: GuideFactory<O>,
  make: () => GradientGuide<O>,
  via: Place,
  { all, classes }: { all: readonly O[]; classes: readonly string[] },
): void {
  describeEncoding(make, via, all);
  const weights = (): Tensors =>
    tensorsOf(
      initialParameters(
        [...classifierParams(size), ...(factory.classifier?.outputs(size.width, classes) ?? [])],
        keyOf(7),
      ) as Record<string, HostTensor>,
    );
  const logProb = (rows: readonly (O | null)[], z: Tensor, w = weights()): Tensor =>
    make().logProb(z, stateAt(z), tensorsOf(make().encode(rows)), w);

  it(`${via}: log p is a finite number a row, at most 0, at every noise level`, () => {
    const z = latents(all.length + 1);
    for (const time of [0, 0.5, 0.9995]) {
      const out = make().logProb(z, stateAt(z, time), tensorsOf(make().encode([...all, null])), weights());
      expect(out.shape).to.deep.equal([all.length + 1]);
      expect([...out.dataSync()].every((value) => Number.isFinite(value) && value <= 0)).to.equal(true);
    }
  });

  it(`${via}: rows do not leak into each other`, () => {
    const z = latents(all.length);
    const [plain, turned] = [logProb(all, z), logProb([...all].reverse(), tf.reverse(z, 0))];
    const back = tf.reverse(turned, 0).dataSync();
    plain.dataSync().forEach((value, i) => expect(back[i]).to.be.closeTo(value, 1e-4));
    const alone = logProb(all.slice(0, 1), tf.slice(z, 0, 1)).dataSync()[0]!;
    expect(plain.dataSync()[0]).to.be.closeTo(alone, 1e-4);
  });

  it(`${via}: the gradient is that of differences, and a small step along it raises log p`, () => {
    const [z, w, rows] = [latents(1, 3), weights(), all.slice(0, 1)];
    const gradient = tf.grad((x: Tensor) => tf.sum(logProb(rows, x, w)))(z);
    const at = (direction: Tensor, by: number) => logProb(rows, tf.add(z, tf.mul(direction, by)), w).dataSync()[0]!;
    const norm = tf.norm(gradient).dataSync()[0]!;
    const along = tf.div(gradient, norm);
    const h = 1e-2;
    for (const direction of [along, tf.add(tf.mul(along, 0.5), tf.div(latents(1, 4), 2 * Math.sqrt(L * D)))]) {
      const slope = (at(direction, h) - at(direction, -h)) / (2 * h);
      const expected = tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
      // log p is some tens of nats, rounded at 4e-6, over 2 h; the third derivative adds its share.
      expect(slope).to.be.closeTo(expected, 1e-3 + 0.03 * Math.abs(expected));
    }
    expect(at(along, 0.02)).to.be.above(at(along, 0));
  });
}
