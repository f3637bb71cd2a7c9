import type { CommandModule } from 'yargs';
import type { GenerateHooks } from '../../lib/run/generate.js';
import { interruptSignal } from '../interrupt.js';
import { startProgress, type Progress } from '../progress.js';
import { registryWith } from '../registry.js';
import { describeSample } from '../sample-view.js';
import { configArguments, pluginsOption, type ConfigArgs, type PluginArgs } from './options.js';

export const generateCommand: CommandModule<object, ConfigArgs & PluginArgs> = {
  command: 'generate <config>',
  describe: 'Make the texts of a batch run, or go on with it',
  builder: (yargs) =>
    pluginsOption(configArguments(yargs))
      .example('$0 generate configs/quickstart.json', 'guided sentences from the shipped model')
      .example('$0 generate configs/length.json --set seed=2 --set output=runs/again', 'the same with other noise')
      .epilogue('A run that was stopped goes on when it is started again, to the same bytes.'),
  async handler({ config: path, set, plugins }) {
    const [{ generate }, { loadRunConfig }, { judgeFolder }, { guides, judges }] = await Promise.all([
      import('../../lib/run/generate.js'),
      import('../../lib/run/load-run.js'),
      import('../../lib/run/judge-run.js'),
      registryWith(plugins),
    ]);
    const config = await loadRunConfig(path, guides, { set });
    const view = samplesView();
    try {
      const { folder, texts, made } = await generate(config, guides, path, { ...view.hooks, signal: interruptSignal() });
      view.stop();
      if (made === 0) await showFinished(folder);
      console.log(`\n${texts} texts in ${folder}/samples.jsonl`);
      const { renderReport } = await import('../../lib/evaluate/index.js');
      console.log(renderReport(await judgeFolder(folder, guides, { judges })));
    } finally {
      view.stop();
    }
  },
};

const SHOWN = 40;

/** What a run that is finished holds: the second `npm start` shows its sentences too. */
async function showFinished(folder: string): Promise<void> {
  const { readSamples } = await import('../../lib/run/judge-run.js');
  const lines = await readSamples(`${folder}/samples.jsonl`);
  lines.slice(0, SHOWN).forEach((line) => console.log(describeSample(line)));
  console.log('\nNothing to do: this run is finished. For other texts give another output folder, and with it another seed.');
}

/** Progress over all reverse steps, and the texts above it as they come. */
function samplesView(): { hooks: GenerateHooks; stop(): void } {
  let progress: Progress | undefined;
  return {
    hooks: {
      onProgress(done, of) {
        progress ??= startProgress({ unit: 'reverse steps', total: of, from: done });
        progress.update(done);
      },
      onSamples: (lines) => lines.forEach((line) => progress?.print(describeSample(line))),
    },
    stop: () => progress?.stop(),
  };
}
