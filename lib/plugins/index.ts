/** Guides, judges and rewards from a user's folder. Takes a folder of modules; gives a registry and judges whose every answer is checked; knows nothing of runs. */
export { loadPlugins, type Plugins } from './load.js';
