import type { CommandModule } from 'yargs';
import { loadConfig, readJson, type GenerateConfig } from '../../lib/config/index.js';
import { configArguments, dataOption, type DataArgs } from './options.js';
import { describeData } from './train.js';

export const checkCommand: CommandModule<object, DataArgs> = {
  command: 'check <config>',
  describe: 'Report all problems of a config without running it',
  builder: (yargs) =>
    dataOption(configArguments(yargs))
      .example('$0 check configs/quickstart.json', 'model, guides and every target')
      .example('$0 check configs/train-e2e.json --data data/e2e', 'the corpus too: rows, vocabulary, coverage'),
  async handler({ config: path, set, data }) {
    const kind = kindOf(await readJson(path));
    if (kind === 'train') {
      const config = await loadConfig('train', path, { set });
      const { readTrainingData } = await import('../../lib/run/training-data.js');
      console.log(describeData(await readTrainingData(config, data)));
    } else if (kind === 'train-guide') {
      await loadConfig('train-guide', path, { set });
    } else {
      console.log(await checkRun(await loadConfig('generate', path, { set }), path));
    }
    console.log(`${path}: no problems`);
  },
};

/** Everything of a run but the sampling: the model, every guide with what it was trained, every target. */
async function checkRun(config: GenerateConfig, path: string): Promise<string> {
  const [{ prepareRun }, { builtInGuides }] = await Promise.all([
    import('../../lib/run/generate.js'),
    import('../../guidance/index.js'),
  ]);
  const { targets, guides, items } = (await prepareRun(config, builtInGuides, path)).plan;
  return `targets: ${targets.length}, texts to write: ${items.length}, guides: ${guides.map(({ label }) => label).join(', ') || 'none'}`;
}

/** Which command a config is for, by a field that only its schema has. */
function kindOf(config: unknown): 'generate' | 'train' | 'train-guide' {
  const has = (field: string) => typeof config === 'object' && config !== null && field in config;
  if (has('data')) return 'train';
  return has('parses') ? 'train-guide' : 'generate';
}
