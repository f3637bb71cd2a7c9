import { type ConfigKind, loadConfig, readJson } from '../../lib/config/index.js';
import type { Registry } from '../../lib/guide/registry.js';
import type { SeriesRun } from '../../lib/study/varied.js';
import { registryWith } from '../registry.js';
import { type Command, configArguments, type DataArgs, dataOption, type PluginArgs, pluginsOption } from './options.js';

export const checkCommand: Command<DataArgs & PluginArgs> = {
  builder: (yargs) =>
    pluginsOption(dataOption(configArguments(yargs)))
      .example('$0 check configs/quickstart.json', 'model, guides and every target')
      .example('$0 check configs/train-e2e.json --data data/e2e', 'the corpus too: rows, vocabulary, coverage'),
  async handler({ config: path, set, data, plugins }) {
    const kind = kindOf(await readJson(path));
    if (kind === 'train') {
      const [{ checkTrainingData, loadTraining }, { describeChoice, describeData }] = await Promise.all([
        import('../../lib/train/denoiser/index.js'),
        import('./training/train.js'),
      ]);
      const training = await loadTraining(path, data, { set });
      console.log(describeChoice(training) + describeData(await checkTrainingData(training.config, data)));
    } else if (kind === 'train-guide') {
      const [{ checkGuideToTrain, loadGuideTraining }, { guides }] = await Promise.all([
        import('../../lib/train/guides/index.js'),
        registryWith(plugins),
      ]);
      await checkGuideToTrain(await loadGuideTraining(path, { set }), guides, path);
    } else if (kind === 'train-judge') {
      const config = await loadConfig('train-judge', path, { set });
      const { judgeTrainer } = await import('../../lib/train/judges/train-judge.js');
      await judgeTrainer(config, path);
    } else if (kind === 'augment' || kind === 'augment-benchmark') {
      console.log(await checkAugmentation(kind, path, set, data, (await registryWith(plugins)).guides));
    } else if (kind === 'certify') {
      console.log(await checkCertified(path, set, plugins));
    } else if (kind === 'sweep' || kind === 'benchmark') {
      console.log(await checkSeries(kind, path, set, (await registryWith(plugins)).guides));
    } else {
      console.log(await checkRunConfig(path, set, (await registryWith(plugins)).guides));
    }
    console.log(`${path}: no problems`);
  },
};

/** Checks a run up to its sampling: the model, every guide with what it was trained for, every target. */
async function checkRunConfig(path: string, set: readonly string[], registry: Registry): Promise<string> {
  const [{ checkRun }, { loadRunConfig }, { noticesOf }] = await Promise.all([
    import('../../lib/plan/prepare.js'),
    import('../../lib/plan/load-run.js'),
    import('../../lib/plan/make-guides.js'),
  ]);
  const config = await loadRunConfig(path, registry, { set });
  const { plan, guides: made } = await checkRun(config, registry, path);
  const { targets, guides, items } = plan;
  const labels = guides.map(({ label }) => label).join(', ') || 'none';
  return [`targets: ${targets.length}, texts to write: ${items.length}, guides: ${labels}`, ...noticesOf(made)].join('\n');
}

/** Checks a certified run: its texts as those of a run, and the judges of its conditions. */
async function checkCertified(path: string, set: readonly string[], plugins: string | undefined): Promise<string> {
  const { openCertifying } = await import('./certify.js');
  const { plan, stop } = await openCertifying(path, set, plugins);
  await stop();
  const { targets, conditions, config } = plan;
  const names = conditions.map(({ name }) => name).join(', ');
  return `targets: ${targets.length}, texts to accept: ${targets.length * config.perTarget}, conditions: ${names}`;
}

/** Checks the rows and every training of an augmentation. */
async function checkAugmentation(
  kind: 'augment' | 'augment-benchmark',
  path: string,
  set: readonly string[],
  dataFolder: string,
  registry: Registry,
): Promise<string> {
  if (kind === 'augment') {
    const { planAugment } = await import('../../lib/augment/augment.js');
    const { given, config } = await planAugment(await loadConfig('augment', path, { set }), dataFolder, registry, path);
    const { rows, labels } = given;
    return `${rows.length} rows with ${labels.length} labels; rows to make: ${config.perLabel * labels.length}`;
  }
  const { planAugmentBenchmark } = await import('../../lib/augment/benchmark/index.js');
  const config = await loadConfig('augment-benchmark', path, { set });
  const { sets, heldOut, real } = await planAugmentBenchmark(config, { dataFolder, registry, where: path });
  const described = sets.map(({ name, plans: [plan] }) => `${name} (${plan!.given.rows.length} rows)`).join(', ');
  return `sets: ${described}; ${config.methods.length} methods, ${config.seeds} seeds; ${heldOut.rows.length} held-out rows, ${real.rows.length} real ones`;
}

/** Checks every run of a series. */
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

/** Returns which command a config is for, by a field that only its schema has. */
function kindOf(config: unknown): ConfigKind {
  const has = (field: string) => typeof config === 'object' && config !== null && field in config;
  if (has('accept')) return 'certify';
  if (has('perLabel')) return 'augment';
  if (has('heldOut')) return 'augment-benchmark';
  if (has('grid')) return 'sweep';
  if (has('rows')) return 'benchmark';
  if (has('judge')) return 'train-judge';
  if (has('data')) return 'train';
  return has('guide') ? 'train-guide' : 'generate';
}
