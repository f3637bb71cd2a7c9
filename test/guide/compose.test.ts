import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import fc from 'fast-check';
import { accepts, choice, compileExpression, one, repeat, sequence, wordIds } from '../../lib/automaton/index.js';
import { foldClauses, groupHolds, leavesOf, type ClauseTree } from '../../lib/config/index.js';
import { openDevice, tf } from '../../lib/engine/index.js';
import { composeGradients, composePosteriors, type GradientMember, type PosteriorMember } from '../../lib/guide/compose.js';
import type { GradientGuide, PosteriorFactors, StepState } from '../../lib/guide/contract.js';
import { floats, vocabulary } from '../tiny-model.js';

type Shape = string | { op: 'all' | 'any' | 'not'; weight?: number; members: Shape[] };

/** A tree of leaves named a, b, ...; groups are named by their operation. */
function treeOf<Leaf>(shape: Shape, leafOf: (name: string) => Leaf): ClauseTree<Leaf> {
  if (typeof shape === 'string') return { leaf: leafOf(shape) };
  const { op, members, weight = 1 } = shape;
  return { op, label: op, path: '', weight, members: members.map((member) => treeOf(member, leafOf)) };
}

const any = (...members: Shape[]): Shape => ({ op: 'any', members });
const all = (...members: Shape[]): Shape => ({ op: 'all', members });
const not = (member: Shape): Shape => ({ op: 'not', members: [member] });

/** log p of each leaf is an element of z: the first for a, the second for b, shifted by the input and scaled by the weights. */
const memberOf = (name: string, weight = 1): GradientMember => {
  const at = name.charCodeAt(0) - 97;
  const guide: GradientGuide<unknown> = {
    via: 'gradient',
    encode: (rows) => ({ shift: floats([rows.length], rows.map((row) => (row as number | null) ?? 0)) }), // prettier-ignore
    logProb: (z, _state, { shift }, { scale }) => tf.add(tf.mul(tf.reshape(tf.slice(z, [0, at], [-1, 1]), [-1]), scale!), shift!),
  };
  return { label: name, weight, guide, weights: { scale: floats([], [1]) } };
};

/** The textbook formula in float64. */
function expected(shape: Shape, logProbs: readonly number[]): number {
  if (typeof shape === 'string') return Math.exp(logProbs[shape.charCodeAt(0) - 97]!);
  const values = shape.members.map((member) => {
    const p = expected(member, logProbs);
    return typeof member === 'string' ? p : p ** (member.weight ?? 1);
  });
  if (shape.op === 'not') return 1 - values[0]!;
  return shape.op === 'all' ? values.reduce((a, b) => a * b) : 1 - values.reduce((a, b) => a * (1 - b), 1);
}

const state = {} as StepState;
function logProbOf(shape: Shape, logProbs: readonly number[], z?: Tensor): Tensor {
  const { guide, weights } = composeGradients(treeOf(shape, (name) => memberOf(name)));
  const inputs = guide.encode([logProbs.map(() => 0)]);
  const tensors = Object.fromEntries(
    Object.entries({ ...inputs, ...weights }).map(([name, { data, shape: of }]) => [
      name,
      tf.tensor(data as Float32Array, [...of]),
    ]),
  );
  return guide.logProb(z ?? tf.tensor([[...logProbs]]), state, tensors, tensors);
}
const gradientOf = (shape: Shape, logProbs: readonly number[]): number[] => [
  ...tf
    .grad((z) => logProbOf(shape, logProbs, z))(tf.tensor([[...logProbs]]))
    .dataSync(),
];

const SHAPES: readonly Shape[] = [
  any('a', 'b'),
  any('a', 'b', 'c'),
  not('a'),
  all('a', 'b', 'c'),
  not(any('a', 'b')),
  not(all('a', 'b', 'c')),
  any(all('a', 'b'), not('c')),
  all(any('a', 'b'), not(all('b', not('c')))),
  any({ ...(all('a', 'b') as object), weight: 2 } as Shape, 'c'),
  not({ ...(any('a', 'b') as object), weight: 0.5 } as Shape),
];

describe('any and not of gradient guides', () => {
  const nats = fc.double({ min: -6, max: -0.02, noNaN: true });

  it('have the probability of independent events', () => {
    for (const shape of SHAPES)
      fc.assert(
        fc.property(fc.array(nats, { minLength: 3, maxLength: 3 }), (logProbs) => {
          const log = Math.log(expected(shape, logProbs));
          expect(logProbOf(shape, logProbs).dataSync()[0]).to.be.closeTo(log, 2e-5 * Math.max(1, -log) + 2e-5);
        }),
        { numRuns: 30 },
      );
  });

  it('have gradients that agree with finite differences', () => {
    const h = 1e-5;
    for (const shape of SHAPES)
      fc.assert(
        fc.property(fc.array(nats, { minLength: 3, maxLength: 3 }), (logProbs) => {
          const slopes = gradientOf(shape, logProbs);
          slopes.forEach((slope, i) => {
            const at = (d: number) => Math.log(expected(shape, logProbs.map((l, k) => (k === i ? l + d : l)))); // prettier-ignore
            const difference = (at(h) - at(-h)) / (2 * h);
            expect(slope).to.be.closeTo(difference, 1e-3 * Math.max(1, Math.abs(difference)));
          });
        }),
        { numRuns: 15 },
      );
  });

  it('stay exact if all members are nearly impossible: the likelier one pulls', () => {
    expect(logProbOf(any('a', 'b'), [-90, -95]).dataSync()[0]).to.be.closeTo(-90 + Math.log1p(Math.exp(-5)), 1e-4);
    const [a, b] = gradientOf(any('a', 'b'), [-90, -95]) as [number, number];
    expect(a).to.be.closeTo(1 / (1 + Math.exp(-5)), 1e-4);
    expect(b).to.be.closeTo(1 - 1 / (1 + Math.exp(-5)), 1e-4);
    expect(logProbOf(not(not('a')), [-60]).dataSync()[0]).to.be.closeTo(-60, 1e-4);
    expect(logProbOf(not(all(not('a'), not('b'))), [-60, -70]).dataSync()[0]).to.be.closeTo(-60, 1e-3);
  });

  it('push hardest away from the nearly certain, and hardly from the nearly impossible', () => {
    for (const certain of [0, -1e-9, -1e-7]) {
      const value = logProbOf(not('a'), [certain]).dataSync()[0]!;
      expect(value).to.be.within(-17, -15);
      expect(gradientOf(not('a'), [certain])[0]).to.be.below(-1e6);
    }
    for (const hopeless of [-100, -400, -1e4]) {
      expect(logProbOf(not('a'), [hopeless]).dataSync()[0]).to.be.closeTo(0, 1e-6);
      expect(gradientOf(not('a'), [hopeless])[0]).to.be.closeTo(0, 1e-6);
      expect(gradientOf(any('a', 'b'), [hopeless, -1])[1]).to.be.closeTo(1, 1e-5);
    }
  });

  it('are the same in a compiled graph, at the extremes too', async () => {
    const device = await openDevice('onnx-cpu', { threads: 1 });
    const { guide, weights } = composeGradients(treeOf(any(not('a'), not(not('b'))), (name) => memberOf(name)));
    const rows = [[-1, -2], [0, -3], [-500, -1e-9], [-1e-3, -200], [-90, -95]]; // prettier-ignore
    const inputs = guide.encode(rows.map(() => [0, 0]));
    const specs = Object.entries(inputs).map(([name, { shape, dtype }]) => ({ name, shape, dtype }));
    const of = (z: Tensor, tensors: Readonly<Record<string, Tensor>>) => guide.logProb(z, state, tensors, tensors);
    const program = await device.compile(
      (tensors) => ({ value: of(tensors['z']!, tensors), slope: tf.grad((z) => of(z, tensors))(tensors['z']!) }),
      [{ name: 'z', shape: [rows.length, 2] }, ...specs],
      weights,
    );
    const out = await program.run({ ...inputs, z: floats([rows.length, 2], rows.flat()) });
    await device.dispose();
    rows.forEach((row, i) => {
      const shape = any(not('a'), not(not('b')));
      const value = logProbOf(shape, row).dataSync()[0]!;
      expect(out['value']!.data[i], String(row)).to.be.closeTo(value, 1e-4 * Math.max(1, -value));
      gradientOf(shape, row).forEach((slope, k) => {
        expect(out['slope']!.data[2 * i + k], String(row)).to.be.closeTo(slope, 1e-3 * Math.max(1, Math.abs(slope)));
      });
    });
  });

  it('report the log-probability of each part, and keep rows and options apart', () => {
    const { guide, weights, logProbs } = composeGradients(treeOf(not(any('a', 'b')), (name) => memberOf(name)));
    const inputs = guide.encode([[-1, -2], null, [-0.5, -4]]);
    const tensors = Object.fromEntries(
      Object.entries({ ...inputs, ...weights }).map(([name, { data, shape }]) => [
        name,
        tf.tensor(data as Float32Array, [...shape]),
      ]),
    );
    const parts = logProbs(tf.zeros([3, 2]), state, tensors, tensors);
    expect(Object.keys(parts).sort()).to.deep.equal(['a', 'any', 'b', 'not']);
    expect([...parts['a']!.dataSync()]).to.deep.equal([-1, 0, -0.5]);
    expect([...parts['b']!.dataSync()]).to.deep.equal([-2, 0, -4]);
    [
      [-1, -2],
      [-0.5, -4],
    ].forEach((row, i) => {
      // prettier-ignore
      expect(parts['not']!.dataSync()[2 * i]).to.be.closeTo(Math.log(expected(not(any('a', 'b')), row)), 1e-5);
    });
  });
});

describe('any and not of posterior guides', () => {
  const words = wordIds(vocabulary);
  const L = 5;
  const anything = repeat(one(words), 0);
  const stands = (word: string): PosteriorFactors => ({
    automaton: compileExpression(sequence(anything, one([vocabulary.id(word)!]), anything), vocabulary.size),
  });
  /** Exactly this many words, by hard factors only. */
  const count = (n: number): PosteriorFactors => {
    const logUnary = new Float32Array(L * vocabulary.size);
    for (let i = 1; i < L; i++)
      for (let v = 0; v < vocabulary.size; v++)
        if (i <= n ? v === vocabulary.end || v === vocabulary.pad : v !== (i === n + 1 ? vocabulary.end : vocabulary.pad))
          logUnary[i * vocabulary.size + v] = -Infinity;
    return { logUnary };
  };
  const [pond, heron] = [vocabulary.id('pond')!, vocabulary.id('heron')!];
  const FACTS: Record<string, { factors: PosteriorFactors; isTrue: (ids: readonly number[]) => boolean }> = {
    a: { factors: stands('pond'), isTrue: (ids) => ids.includes(pond) },
    b: { factors: stands('heron'), isTrue: (ids) => ids.includes(heron) },
    c: { factors: count(2), isTrue: (ids) => ids.length === 2 },
    d: {
      factors: { ...count(1), automaton: compileExpression(choice(one([pond]), one([heron])), vocabulary.size) },
      isTrue: (ids) => ids.length === 1 && (ids[0] === pond || ids[0] === heron),
    },
  };
  const texts = (length: number): number[][] =>
    length === 0 ? [[]] : texts(length - 1).flatMap((text) => [...words.slice(0, 1), pond, heron].map((id) => [...text, id]));
  const all3 = [0, 1, 2, 3].flatMap(texts);

  it('accept exactly the texts that satisfy the clause', () => {
    const shapes = [...SHAPES, any('a', 'd'), not('d'), all(not('c'), any('d', not('a')))];
    for (const shape of shapes) {
      const names = leavesOf(treeOf(shape, (name) => name));
      const tree = treeOf<PosteriorMember>(shape, () => ({
        guide: { via: 'posterior', factors: (o) => FACTS[o as string]!.factors },
      }));
      const { automaton } = composePosteriors(tree, vocabulary).factors(names);
      for (const ids of all3) {
        const truth = foldClauses<string, boolean>(
          treeOf(shape, (name) => name),
          (name) => FACTS[name]!.isTrue(ids),
          (members, { op }) => groupHolds(op, members),
        );
        expect(accepts(automaton!, ids), `${JSON.stringify(shape)} of ${ids.join(' ')}`).to.equal(truth);
      }
    }
  });
});
