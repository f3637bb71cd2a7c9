import { Interrupted } from '../../lib/base/errors.js';
import { registryWith } from '../registry.js';
import { type Command, type ConfigArgs, configArguments, type PluginArgs, pluginsOption } from './options.js';

interface GraphArgs extends ConfigArgs, PluginArgs {
  steps: number;
}

export const graphCommand: Command<GraphArgs> = {
  builder: (yargs) =>
    pluginsOption(configArguments(yargs))
      .option('steps', {
        type: 'number',
        default: 1,
        describe: 'Number of reverse steps to run; each prints the programs that it compiles',
      })
      .example('$0 graph configs/quickstart.json', 'the program of a reverse step')
      .example(
        '$0 graph configs/quickstart.json --set batchSize=1 --set precision=float32',
        'for a single text, without rounding',
      ),
  async handler({ config: path, set, plugins, steps }) {
    const [{ prepareRun }, { loadRunConfig }, { openShardsBy }, { openDevice, printingDevice }, { guides }] = await Promise.all([
      import('../../lib/plan/prepare.js'),
      import('../../lib/plan/load-run.js'),
      import('../../lib/workers/open-shards.js'),
      import('../../lib/engine/index.js'),
      registryWith(plugins),
    ]);
    const config = await loadRunConfig(path, guides, { set });
    const run = await prepareRun(config, guides, path);
    const device = await openDevice(config.device, config);
    const stop = new AbortController();
    try {
      const openShards = await openShardsBy(config.method !== undefined);
      const maker = await openShards(printingDevice(device, console.log), run, undefined);
      const onStep = (done: number) => done >= steps && stop.abort();
      await maker.make(0, { onStep, signal: stop.signal });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    } finally {
      await device.dispose();
    }
  },
};
