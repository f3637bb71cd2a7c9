import { Type } from '@sinclair/typebox';
import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import type { GuideFactory } from '../../lib/guide/contract.js';
import type { Registry } from '../../lib/guide/registry.js';
import { planRun } from '../../lib/plan/plan.js';
import { linesOf } from '../config/helpers.js';
import { contractModel } from '../guide-contract.js';
import { vocabulary } from '../tiny-model.js';

const model = { ...contractModel, maxTokens: 8 };

const colour: GuideFactory<{ tint: string; depth: number }> = {
  name: 'colour',
  summary: '',
  options: Type.Object({ tint: Type.String(), depth: Type.Integer({ minimum: 1, default: 2 }) }),
  example: { tint: 'green', depth: 1 },
  places: ['posterior', 'gradient'],
  check: ({ tint, depth }, { model: { maxTokens } }) => [
    ...(tint === 'plaid' ? [{ path: '/tint', message: 'expected a colour' }] : []),
    ...(depth > maxTokens ? [{ path: '/depth', message: `expected at most ${maxTokens}` }] : []),
  ],
  create: () => ({ via: 'posterior', factors: () => ({ logUnary: new Float32Array(8 * vocabulary.size) }) }),
};
const registry: Registry = new Map([['colour', colour as GuideFactory<unknown>]]);

const plan = (rest: Record<string, unknown>) =>
  planRun(
    checkConfig('generate', { model: 'm', output: 'o', ...rest }),
    { registry, model, classesOf: async () => [] },
    'run.json',
  );

describe('the plan of a run', () => {
  it('reports all problems of all clauses and targets at once, by JSON path', async () => {
    const lines = await linesOf(() =>
      plan({
        guidance: [
          { guide: 'colur' },
          { guide: 'colour', via: 'project', tint: 'red' },
          {
            all: [
              { guide: 'colour', tint: { from: 'tint' }, depth: 99 },
              { guide: 'colour', tnt: 'red' },
            ],
          },
        ],
        targets: [{ tint: 'plaid' }, { tint: 7 }, { hue: 'red' }, { tint: 'red' }],
      }),
    );
    expect(lines).to.deep.equal([
      '/guidance/0/guide: no guide is named "colur", did you mean "colour"? (there are colour; a guide of your own needs --plugins DIR)',
      '/guidance/1/via: the guide "colour" acts by posterior or gradient, not by project',
      '/guidance/2/all/0/tint: expected a colour (/targets/0)',
      '/guidance/2/all/0/depth: expected at most 8 (/targets/0)',
      '/guidance/2/all/0/tint: expected a string, got 7 (/targets/1)',
      '/guidance/2/all/0/tint: /targets/2 has no field "tint" (it has hue)',
      '/guidance/2/all/0/depth: expected at most 8 (/targets/3)',
      '/guidance/2/all/1/tint: expected a string, got nothing',
      '/guidance/2/all/1/tnt: unknown key, did you mean "tint"?',
    ]);
  });

  it('lists at most twenty problems, and their total number', async () => {
    const targets = Array.from({ length: 30 }, (_, i) => ({ tint: i }));
    const lines = await linesOf(() => plan({ guidance: [{ guide: 'colour', tint: { from: 'tint' } }], targets }));
    expect(lines).to.have.length(21);
    expect(lines.at(-1)).to.equal(': and 10 more');
  });

  it('resolves the options of each guide for each target, with defaults, `via` and windows', async () => {
    const { guides, clauses, items, targets } = await plan({
      guidance: [
        { guide: 'colour', tint: { from: 'tint' } },
        { all: [{ guide: 'colour', via: 'gradient', tint: 'red', depth: 1, weight: 2 }] },
      ],
      targets: [{ tint: 'blue' }, { tint: 'green' }],
      samplesPerTarget: 2,
    });
    const brief = clauses.map(({ label, via, weight, window }, i) => ({
      label,
      via,
      weight,
      window,
      options: guides[i]!.options,
    }));
    expect(brief).to.deep.equal([
      { label: 'colour', via: 'posterior', weight: 1, window: [0, 1], options: [{ tint: 'blue', depth: 2 }, { tint: 'green', depth: 2 }] }, // prettier-ignore
      { label: 'colour#2', via: 'gradient', weight: 2, window: [0, 0.95], options: [{ tint: 'red', depth: 1 }, { tint: 'red', depth: 1 }] }, // prettier-ignore
    ]);
    expect(items).to.deep.equal([[0, 0], [0, 1], [1, 0], [1, 1]].map(([target, sample]) => ({ target, sample }))); // prettier-ignore
    expect(targets.map(({ fields }) => fields)).to.deep.equal([{ tint: 'blue' }, { tint: 'green' }]);
  });

  it('works without guides', async () => {
    expect((await plan({})).items).to.deep.equal([{ target: 0, sample: 0 }]);
  });
});
