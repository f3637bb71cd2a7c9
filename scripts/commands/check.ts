import { loadConfig, readJson, type ConfigKind } from '../../lib/config/index.js';
import type { Registry } from '../../lib/guide/registry.js';
import type { SeriesRun } from '../../lib/study/varied.js';
import { registryWith } from '../registry.js';
import { type Command, configArguments, dataOption, pluginsOption, type DataArgs, type PluginArgs } from './options.js';
import { describeData } from './train.js';

export const checkCommand: Command<DataArgs & PluginArgs> = {
  builder: (yargs) =>
    pluginsOption(dataOption(configArguments(yargs)))
      .example('$0 check configs/quickstart.json', 'model, guides and every target')
      .example('$0 check configs/train-e2e.json --data data/e2e', 'the corpus too: rows, vocabulary, coverage'),
  async handler({ config: path, set, data, plugins }) {
    const kind = kindOf(await readJson(path));
    if (kind === 'train') {
      const config = await loadConfig('train', path, { set });
      const { readTrainingData } = await import('../../lib/train/training-data.js');
      console.log(describeData(await readTrainingData(config, data)));
    } else if (kind === 'train-guide') {
      const config = await loadConfig('train-guide', path, { set });
      const [{ guideToTrain }, { guides }] = await Promise.all([
        import('../../lib/train/guides/train-guide.js'),
        registryWith(plugins),
      ]);
      guideToTrain(config, guides, path);
    } else if (kind === 'train-judge') {
      const config = await loadConfig('train-judge', path, { set });
      const { judgeTrainer } = await import('../../lib/train/judges/train-judge.js');
      await judgeTrainer(config, path);
    } else if (kind === 'sweep' || kind === 'benchmark') {
      console.log(await checkSeries(kind, path, set, (await registryWith(plugins)).guides));
    } else {
      console.log(await checkRun(path, set, (await registryWith(plugins)).guides));
    }
    console.log(`${path}: no problems`);
  },
};

/** Everything of a run but the sampling: the model, every guide with what it was trained, every target. */
async function checkRun(path: string, set: readonly string[], registry: Registry): Promise<string> {
  const [{ prepareRun }, { loadRunConfig }] = await Promise.all([
    import('../../lib/generate/generate.js'),
    import('../../lib/generate/load-run.js'),
  ]);
  const config = await loadRunConfig(path, registry, { set });
  const { targets, guides, items } = (await prepareRun(config, registry, path)).plan;
  return `targets: ${targets.length}, texts to write: ${items.length}, guides: ${guides.map(({ label }) => label).join(', ') || 'none'}`;
}

/** Every run of a series as `checkRun` checks one. */
async function checkSeries(
  kind: 'sweep' | 'benchmark',
  path: string,
  set: readonly string[],
  registry: Registry,
): Promise<string> {
  const [{ planSeries }, { sweepRuns }, { benchmarkRuns, defaultTargets }] = await Promise.all([
    import('../../lib/study/plan-series.js'),
    import('../../lib/study/sweep.js'),
    import('../../lib/study/benchmark.js'),
  ]);
  const runs: SeriesRun[] =
    kind === 'sweep'
      ? await sweepRuns(await loadConfig('sweep', path, { set }), path)
      : await benchmarkRuns(await loadConfig('benchmark', path, { set }), { targets: defaultTargets() }, path);
  const planned = await planSeries(runs, registry, path);
  return `runs: ${runs.length}, texts to write: ${planned.reduce((sum, { texts }) => sum + texts, 0)}`;
}

/** Which command a config is for, by a field that only its schema has. */
function kindOf(config: unknown): ConfigKind {
  const has = (field: string) => typeof config === 'object' && config !== null && field in config;
  if (has('grid')) return 'sweep';
  if (has('rows')) return 'benchmark';
  if (has('judge')) return 'train-judge';
  if (has('data')) return 'train';
  return has('guide') ? 'train-guide' : 'generate';
}
