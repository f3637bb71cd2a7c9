import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { locate } from '../lib/base/locate.js';
import type { JudgePool } from '../lib/evaluate/judge-crew.js';
import type { Metrics } from '../lib/evaluate/metrics.js';
import { type PluginArgs, pluginsOption } from './commands/options.js';
import {
  judgedFiles,
  judgePoolOf,
  type JudgeResources,
  openJudgeResources,
  type ParserArgs,
  parserOptions,
  workersOption,
} from './judge-resources.js';
import { registryWith } from './registry.js';

/** Arguments of a command that measures several runs. */
export interface MeasuringArgs extends ParserArgs, PluginArgs {
  corpus: string | undefined;
  column: string | undefined;
  validation: string | undefined;
  workers: number | undefined;
}

export const measuringOptions = <T>(yargs: Argv<T>) =>
  workersOption(parserOptions(pluginsOption(yargs)))
    .option('corpus', { type: 'string', describe: 'Training corpus: adds n-gram fluency and the share of copies' })
    .option('column', { type: 'string', describe: 'Column of a CSV corpus that holds the text' })
    .option('validation', { type: 'string', describe: 'Held-out corpus, whose fluency is measured for comparison' });

export interface Measuring {
  readonly guides: Awaited<ReturnType<typeof registryWith>>['guides'];
  measure(folder: string): Promise<Metrics>;
  /** Stops the judges. */
  stop(): Promise<void>;
}

/** Judges, and processes that judge as they do. */
interface MeasuringJudges extends JudgeResources {
  readonly pool: JudgePool | undefined;
}

/** Opens the judges that measure all run folders, once for all models without judges of their own. The caller stops them. */
export async function openMeasuring(args: MeasuringArgs, signal: AbortSignal): Promise<Measuring> {
  const { plugins } = args;
  const [{ evaluateRun }, { guides, judges }, { readManifest }] = await Promise.all([
    import('../lib/evaluate/evaluate.js'),
    registryWith(plugins),
    import('../lib/run/manifest.js'),
  ]);
  const opened = new Map<string | undefined, Promise<MeasuringJudges>>();
  const open = async (model: string | undefined): Promise<MeasuringJudges> => {
    const resources = await openJudgeResources(args, model);
    const corpora = judgedFiles({ corpus: args.corpus, column: args.column });
    return { ...resources, pool: await judgePoolOf(resources, { guides, corpora, workers: args.workers, signal }) };
  };
  const resourcesOf = (model?: string): Promise<MeasuringJudges> => {
    const owner = model !== undefined && existsSync(join(locate(model), 'judges')) ? model : undefined;
    const resources = opened.get(owner) ?? open(owner);
    opened.set(owner, resources);
    return resources;
  };
  await resourcesOf(); // wrong options are named before the first run
  return {
    guides,
    async measure(folder) {
      const { stop: _, ...resources } = await resourcesOf((await readManifest(join(folder, 'run.json')))?.config.model);
      return evaluateRun(folder, guides, { judges, ...resources, ...judgedFiles(args) }, { signal });
    },
    async stop() {
      await Promise.all(
        [...opened.values()].map(async (resources) => {
          const { pool, stop } = await resources;
          await Promise.all([pool?.close(), stop()]);
        }),
      );
    },
  };
}
