import type { Argv } from 'yargs';
import { locate } from '../../lib/base/locate.js';

export interface ConfigArgs {
  config: string;
  set: string[];
}

/** Of a command whose config speaks of corpora. */
export interface DataArgs extends ConfigArgs {
  data: string;
}

/** Of a command that may use guides of the user's own. */
export interface PluginArgs {
  plugins: string | undefined;
}

/** The config that a command runs, with overrides. */
export const configArguments = <T>(yargs: Argv<T>) =>
  setOption(yargs).positional('config', {
    type: 'string',
    demandOption: true,
    coerce: locate,
    describe: 'JSON file, here or in the package',
  });

export const setOption = <T>(yargs: Argv<T>) =>
  yargs.option('set', {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'Override a value: --set sampler.steps=50 (may be given again)',
  });

export const dataOption = <T>(yargs: Argv<T>) =>
  yargs.option('data', { type: 'string', default: '.', describe: 'Folder that the corpora of the config are in' });

export const pluginsOption = <T>(yargs: Argv<T>) =>
  yargs.option('plugins', { type: 'string', describe: 'Folder of guides of your own: all its files are loaded and run' });
