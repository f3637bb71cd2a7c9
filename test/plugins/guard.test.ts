import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfig } from '../../lib/config/index.js';
import { DiffusteerError } from '../../lib/base/errors.js';
import { generate } from '../../lib/generate/generate.js';
import { judgeFolder } from '../../lib/evaluate/judge.js';
import { loadPlugins } from '../../lib/plugins/load.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { guideSource, writeFiles } from './files.js';

/** The functions of a guide that acts by gradient, with some replaced. It has no classifier: it pulls towards given numbers. */
const gradient = (changes: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const functions = {
    encode: `(rows) => ({ on: { dtype: 'float32', shape: [rows.length], data: Float32Array.from(rows, (row) => (row ? 1 : 0)) } })`,
    logProb: `(z, state, { on }) => tf.mul(on, tf.neg(tf.sum(tf.square(z), [1, 2])))`,
    ...changes,
  };
  const body = Object.entries(functions).map(([key, value]) => `${key}: ${value}`);
  return { places: `['gradient']`, create: `() => ({ via: 'gradient', ${body.join(', ')} })` };
};

const project = (value: string): Record<string, string> => ({
  places: `['project']`,
  create: `() => ({ via: 'project', encode: () => ({}), project: ${value} })`,
});

const factors = (value: string): Record<string, string> => ({
  create: `({ model: { maxTokens: L, vocabulary } }) => ({ via: 'posterior', factors: () => (${value}) })`,
});

describe('a plugin in a run', function () {
  this.timeout(60_000); // starts tsx, compiles the graph of many runs

  /** Runs `use` with a way to run a guide on a tiny model. */
  const withRun = (use: (run: (source: string, name?: string) => Promise<string>, folder: string) => Promise<void>) =>
    withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      let runs = 0;
      await use(async (source, name = 'avoid.ts') => {
        const plugins = join(folder, `plugins${++runs}`);
        await writeFiles(plugins, { [name]: source });
        const { guides } = await loadPlugins(plugins, new Map());
        const output = join(folder, `out${runs}`);
        const config = { model: join(folder, 'model'), output, device: 'onnx-cpu', sampler: { steps: 2 }, batchSize: 2 };
        const run = checkConfig('generate', { ...config, guidance: [{ guide: 'avoid', words: ['pond'] }], targets: [1] });
        await generate(run, guides, 'config');
        return output;
      }, folder);
    });

  // prettier-ignore
  const broken: readonly [what: string, changes: Readonly<Record<string, string>>, message: string][] = [
    ['check that throws', { check: `({ words }) => words.colour.length` }, `check: the guide "avoid" threw in line 8: Cannot read`],
    ['check that does not return a list', { check: `() => true` }, 'check: the guide "avoid" must return a list of { path, message }, empty if there is no problem, got true'],
    ['check with the old parameters', { check: `(options, { maxTokens }) => []` }, 'check: the guide "avoid" threw in line 8: the second argument of check is { model, via, classes }: read model.maxTokens, not maxTokens'],
    ['create that throws', { create: `() => { throw new Error('no lamp'); }` }, 'create: the guide "avoid" threw in line 9: no lamp'],
    ['create for another `via`', { create: `() => ({ via: 'project' })` }, `create: the guide "avoid" must return a guide with via: 'posterior', which the config asks for, got {"via":"project"}`],
    ['a function is missing', { places: `['gradient']`, create: `() => ({ via: 'gradient', encode: () => ({}) })` }, 'create: the guide "avoid" must return the functions encode and logProb for gradient, lacks logProb'],
    ['factors that throw', { create: `() => ({ via: 'posterior', factors() { throw new Error('x'); } })` }, 'factors: the guide "avoid" threw in line 9: x'],
    ['factors of a wrong length', factors(`{ logUnary: new Float32Array(8) }`), 'factors: the guide "avoid" must return log-factors [L, V] = [8, 20], 160 numbers, got 8'],
    ['factors that are NaN', factors(`{ logUnary: new Float32Array(160).fill(NaN, 44, 45) }`), 'got NaN for "The" at position 2'],
    ['factors above 0', factors(`{ logUnary: new Float32Array(160).fill(0.5, 159) }`), 'got 0.5 for "finds" at position 7'],
    ['factors that forbid START', factors(`{ logUnary: new Float32Array(160).fill(-Infinity) }`), 'must return log-factors that allow START at position 0'],
    ['no factors', factors('{}'), 'factors: the guide "avoid" must return { logUnary }, { automaton } or { reward }, got {}'],
    ['a reward that is not a function', factors('{ reward: 3 }'), 'factors: the guide "avoid" must return a reward that is a function of token probabilities, got 3'],
    ['a reward that throws', factors(`{ reward() { throw new Error('x'); } }`), 'factors.reward: the guide "avoid" threw in line 9: x'],
    ['a reward without a gradient', factors('{ reward: () => ({ value: 1 }) }'), 'factors.reward: the guide "avoid" must return a gradient [L, V] in a Float32Array, got undefined'],
    ['a slope that is NaN', factors('{ reward: (p) => ({ value: 1, gradient: p.map(() => NaN) }) }'), 'must return a gradient of finite numbers, got NaN at 0'],
    ['an automaton of a wrong size', factors('{ automaton: { classOf: new Int32Array(3), classes: 1, states: 1, next: new Int32Array(1), start: 0, accepting: new Uint8Array(1) } }'), 'must return an automaton over the 20 tokens of the model'],
    ['encode that throws', gradient({ encode: `() => { throw new Error('x'); }` }), 'encode: the guide "avoid" threw in line 9: x'],
    ['encode without rows', gradient({ encode: `() => ({ on: { dtype: 'float32', shape: [], data: new Float32Array(1) } })` }), 'encode: the guide "avoid" must return tensors whose first axis is the row: "on": expected 2 rows first, got shape []'],
    ['encode with NaN', gradient({ encode: `(rows) => ({ on: { dtype: 'float32', shape: [rows.length], data: new Float32Array(rows.length).fill(NaN) } })` }), '"on": expected numbers, got NaN'],
    ['encode of a wrong size', gradient({ encode: `(rows) => ({ on: { dtype: 'int32', shape: [rows.length, 3], data: new Int32Array(5) } })` }), '"on": expected 6 numbers for shape [2,3], got 5'],
    ['encode of a wrong type', gradient({ encode: `(rows) => ({ on: { dtype: 'int32', shape: [rows.length], data: new Float32Array(2) }, off: 3 })` }), '"on": expected the data of int32 in a Int32Array; "off": expected { dtype, shape, data }, got 3'],
    ['logProb that throws', gradient({ logProb: `(z, state, { nosuch }) => nosuch.shape` }), `logProb: the guide "avoid" threw in line 9: Cannot read`],
    ['one log-probability for all rows', gradient({ logProb: `(z) => tf.neg(tf.sum(tf.square(z)))` }), 'logProb: the guide "avoid" must return one log-probability per row, [B]: expected shape [2], got []'],
    ['a number for a tensor', gradient({ logProb: `() => -1` }), 'must return one log-probability per row, [B]: expected a tensor of shape [2], got -1'],
    ['a gradient that is NaN', gradient({ logProb: `(z) => tf.sum(tf.sqrt(tf.neg(tf.square(z))), [1, 2])` }), 'the latents became NaN: a gradient or a value that a guide gave is no number; it is of the guide "avoid" of'],
    ['NaN for a finished text', gradient({ logProb: `(z, { time }) => tf.add(tf.neg(tf.sum(tf.square(z), [1, 2])), tf.log(tf.sub(time, 0.00001)))` }), 'logProb gave NaN for a finished text at time 0'],
    ['project that throws', project(`() => { throw new Error('x'); }`), 'project: the guide "avoid" threw in line 9: x'],
    ['project of another shape', project(`(x0) => tf.sum(x0, 1)`), 'project: the guide "avoid" must return predicted x_0 with values written into it, [B, L, D]: expected shape [2,8,4], got [2,4]'],
  ];

  it('that breaks the contract fails with the broken rule and its file', () =>
    withRun(async (run) => {
      for (const [what, changes, message] of broken) {
        const error = await run(guideSource(changes)).catch((reason: unknown) => reason);
        expect(error, what).to.be.instanceOf(DiffusteerError);
        expect(String(error), what)
          .to.contain(message)
          .and.match(/plugins\d+\/avoid\.ts/);
      }
    }));

  it('that keeps the contract runs, by factors and by gradient', () =>
    withRun(async (run) => {
      const output = await run(guideSource());
      const { plugins } = JSON.parse(await readFile(join(output, 'run.json'), 'utf8')) as { plugins: Record<string, string> };
      expect(plugins['avoid']).to.match(/^[0-9a-f]{64}$/);
      await run(guideSource(gradient()));
    }));

  it('that was changed cannot resume a run', () =>
    withRun(async (run, folder) => {
      const output = await run(guideSource());
      await writeFiles(folder, { 'changed/avoid.ts': `${guideSource()}// another` });
      const { guides } = await loadPlugins(join(folder, 'changed'), new Map());
      const { config } = JSON.parse(await readFile(join(output, 'run.json'), 'utf8')) as { config: object };
      const error = await errorOf(generate(checkConfig('generate', config), guides, 'config'));
      expect(error).to.contain('/plugins/avoid: the file of this guide has changed since the run was started');
    }));

  it('may bring a judge, whose scores are checked', () =>
    withRun(async (run, folder) => {
      const output = await run(guideSource());
      const judged = async (score: string, name: string) => {
        await writeFiles(folder, {
          [`${name}/avoid.ts`]: guideSource({}, `export const judge = { name: 'avoid', score: ${score} };`),
        });
        const { guides, judges } = await loadPlugins(join(folder, name), new Map());
        return judgeFolder(output, guides, { judges });
      };
      const score = `async (texts, targets) => texts.map((words, i) => ({ value: words.includes(targets[i].words[0]) ? 0 : 1 }))`;
      const report = await judged(score, 'good');
      expect(report.guides['avoid']).to.deep.include({ score: { mean: 1 }, perfect: { mean: 1 }, texts: 1 });
      expect(report.unjudged).to.deep.equal([]);
      for (const [i, [bad, message]] of [
        ['() => { throw new Error("x"); }', 'judge.score: the guide "avoid" threw in line 19: x'],
        ['async () => []', 'judge.score: the guide "avoid" must return one score per text, expected 1, got 0'],
        ['async () => [{ value: 2 }]', 'scores { value } from 0 to 1, got {"value":2}'],
      ].entries())
        expect(await errorOf(judged(bad!, `bad${i}`)))
          .to.contain(message)
          .and.contain('avoid.ts');
    }));
});
