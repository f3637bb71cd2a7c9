import { InputError, inputErrorOnly } from '../base/errors.js';
import { type GenerateConfig, loadConfig, type LoadOptions, loadSoundPart } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { type DraftConfig, problemsOfRun } from './prepare.js';

/**
 * Reads the config of a run as `loadConfig` does. If its schema refuses it, the rest is checked against the model, the guides and the
 * targets all the same, so that every problem is reported at once.
 *
 * @throws InputError with every problem
 */
export async function loadRunConfig(path: string, registry: Registry, options: LoadOptions = {}): Promise<GenerateConfig> {
  try {
    return await loadConfig('generate', path, options);
  } catch (error) {
    inputErrorOnly(error);
    const { config, problems } = await loadSoundPart('generate', path, options);
    throw new InputError(path, [...problems, ...(config ? await problemsOfRun(config as DraftConfig, registry) : [])]);
  }
}
