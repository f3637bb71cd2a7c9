import type { Argv } from 'yargs';
import type { Metrics } from '../lib/evaluate/metrics.js';
import { judgedFiles, openJudgeResources, parserOptions, type ParserArgs } from './judge-resources.js';
import { registryWith } from './registry.js';
import { pluginsOption, type PluginArgs } from './commands/options.js';

/** Arguments of a command that measures several runs. */
export interface MeasuringArgs extends ParserArgs, PluginArgs {
  corpus: string | undefined;
  column: string | undefined;
  validation: string | undefined;
}

export const measuringOptions = <T>(yargs: Argv<T>) =>
  parserOptions(pluginsOption(yargs))
    .option('corpus', { type: 'string', describe: 'Training corpus: adds n-gram fluency and the share of copies' })
    .option('column', { type: 'string', describe: 'Column of a CSV corpus that holds the text' })
    .option('validation', { type: 'string', describe: 'Held-out corpus, whose fluency is measured for comparison' });

export interface Measuring {
  readonly guides: Awaited<ReturnType<typeof registryWith>>['guides'];
  measure(folder: string): Promise<Metrics>;
  /** Stops the judges. */
  stop(): Promise<void>;
}

/** Opens one set of judges that measures all run folders. The caller stops it. */
export async function openMeasuring(args: MeasuringArgs, signal: AbortSignal): Promise<Measuring> {
  const { plugins } = args;
  const [{ evaluateRun }, { guides, judges }] = await Promise.all([import('../lib/evaluate/evaluate.js'), registryWith(plugins)]);
  const { stop, ...resources } = await openJudgeResources(args);
  const options = { judges, ...resources, ...judgedFiles(args) };
  return { guides, stop, measure: (folder) => evaluateRun(folder, guides, options, { signal }) };
}
