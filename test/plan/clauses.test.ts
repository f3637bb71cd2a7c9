import { Type } from '@sinclair/typebox';
import { expect } from 'chai';
import { checkConfig, leavesOf } from '../../lib/config/index.js';
import type { GuideFactory } from '../../lib/guide/contract.js';
import { planRun } from '../../lib/plan/plan.js';
import { linesOf } from '../config/helpers.js';
import { contractModel } from '../guide-contract.js';
import { vocabulary } from '../tiny-model.js';

const model = { ...contractModel, maxTokens: 8 };
const guideNamed = (name: string, places: GuideFactory<unknown>['places']): [string, GuideFactory<unknown>] => [
  name,
  {
    ...{ name, summary: '', options: Type.Object({}), example: {}, places, check: () => [] },
    create: () => ({ via: 'posterior', factors: () => ({ logUnary: new Float32Array(8 * vocabulary.size) }) }),
  },
];
const registry = new Map([
  guideNamed('hue', ['gradient', 'posterior', 'x0-gradient']),
  guideNamed('form', ['posterior', 'project']),
]);

const plan = (guidance: unknown[]) =>
  planRun(
    checkConfig('generate', { model: 'm', output: 'o', guidance }),
    { registry, model, classesOf: async () => [] },
    'run.json',
  );
const problemsOf = (guidance: unknown[]) => linesOf(() => plan(guidance));
const hue = { guide: 'hue' };
const form = { guide: 'form' };

describe('nested clauses', () => {
  it('act as one guide from the outermost any or not; enclosing `all` lists are flattened', async () => {
    const { clauses, guides } = await plan([
      hue,
      { all: [{ any: [hue, { all: [hue, { not: hue }] }] }, { all: [form] }] },
      { not: { not: form } },
      { any: [form] },
    ]);
    expect(clauses.map(({ label, path, via }) => [label, path, via])).to.deep.equal([
      ['hue', '/guidance/0', 'gradient'],
      ['any', '/guidance/1/all/0', 'gradient'],
      ['form', '/guidance/1/all/1/all/0', 'posterior'],
      ['not#2', '/guidance/2', 'posterior'],
      ['any#2', '/guidance/3', 'posterior'],
    ]);
    expect(guides.map(({ label }) => label)).to.deep.equal(['hue', 'hue#2', 'hue#3', 'hue#4', 'form', 'form#2', 'form#3']);
    expect(leavesOf(clauses[1]!.tree).map(({ path }) => path)).to.deep.equal([
      '/guidance/1/all/0/any/0',
      '/guidance/1/all/0/any/1/all/0',
      '/guidance/1/all/0/any/1/all/1/not',
    ]);
  });

  it('take the product of the enclosing weights and the intersection of the windows', async () => {
    const { clauses } = await plan([
      {
        all: [hue, { ...hue, window: [0.5, 1] }, { all: [{ not: hue, weight: 4 }], weight: 0.5 }],
        weight: 3,
        window: [0.2, 0.8],
      },
      { any: [{ ...hue, weight: 2 }, hue], window: [0, 0.3] },
      { not: hue },
    ]);
    expect(clauses.map(({ label, weight, window }) => [label, weight, window])).to.deep.equal([
      ['hue', 3, [0.2, 0.8]],
      ['hue#2', 3, [0.5, 0.8]],
      ['not', 6, [0.2, 0.8]],
      ['any', 1, [0, 0.3]],
      ['not#2', 1, [0, 0.95]],
    ]);
    expect(leavesOf(clauses[3]!.tree).map(({ weight }) => weight)).to.deep.equal([2, 1]);
  });

  it('that cannot act as one guide are refused: mixed `via`, projections, inner windows and inner "auto"', async () => {
    expect(
      await problemsOf([
        { any: [hue, form] },
        { not: { guide: 'form', via: 'project' } },
        { any: [{ ...hue, window: [0, 0.5] }, { not: { ...hue, weight: 'auto' } }] },
        { all: [{ ...hue, window: [0, 0.3] }], window: [0.5, 1] },
      ]),
    ).to.deep.equal([
      '/guidance/0: the guides inside act at several places: hue by gradient (/guidance/0/any/0), form by posterior (/guidance/0/any/1); give them all the same `via`',
      '/guidance/1/not/via: `project` has no probability that `not` could ask for; act by another place, or take the clause out',
      '/guidance/2/any/0/window: clauses inside `any` and `not` act together; give a window to the outermost of them',
      '/guidance/2/any/1/not/weight: clauses inside `any` and `not` act together; give "auto" to the outermost of them',
      '/guidance/3/all/0/window: has no step in common with the windows of the `all` lists around it',
    ]);
  });

  it('may have an adaptive weight, within bounds, by gradient', async () => {
    const { clauses } = await plan([
      { ...hue, weight: 'auto' },
      { not: hue, weight: { auto: { logProb: -1, max: 4 } } },
    ]);
    expect(clauses.map(({ weight, auto }) => [weight, auto])).to.deep.equal([
      [1, { logProb: -2, min: 0.1, max: 3 }],
      [1, { logProb: -1, min: 0.1, max: 4 }],
    ]);
    expect(
      await problemsOf([
        { ...form, weight: 'auto' },
        { all: [{ ...hue, weight: 'auto' }], weight: 2 },
        { ...hue, weight: { auto: { min: 20 } } },
      ]),
    ).to.deep.equal([
      '/guidance/0/weight: "auto" follows a log-probability of a gradient place; this acts by posterior',
      '/guidance/1/all/0/weight: "auto" finds its own size; leave out the weights of the `all` lists around it',
      '/guidance/2/weight: expected min at most max, got 20 and 3',
    ]);
  });

  it('are checked against the branch that was meant', async () => {
    expect(
      await problemsOf([
        { all: [] },
        { any: [], weight: 'much' },
        { not: [hue] },
        { any: [{ not: { any: [{ guide: 3 }] } }] },
        { all: [hue], weight: 'auto' },
        { ...hue, weight: { auto: { logProb: 1, least: 2 } } },
        { any: [hue], via: 'gradient' },
        {},
      ]),
    ).to.deep.equal([
      '/guidance/0/all: expected a list of at least 1, got []',
      '/guidance/1/any: expected a list of at least 1, got []',
      '/guidance/1/weight: expected a number of at least 0, "auto" or an object, got "much"',
      '/guidance/2/not: expected an object, got [{"guide":"hue"}]',
      '/guidance/3/any/0/not/any/0/guide: expected a non-empty string, got 3',
      '/guidance/4/weight: expected a number of at least 0, got "auto"',
      '/guidance/5/weight/auto/least: unknown key, expected one of logProb, min, max',
      '/guidance/5/weight/auto/logProb: expected a number at most 0, got 1',
      '/guidance/6/via: unknown key, expected one of any, weight, window',
      '/guidance/7/guide: expected a non-empty string, got nothing',
    ]);
  });
});
