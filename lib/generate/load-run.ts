import { InputError, type Problem } from '../base/errors.js';
import { type GenerateConfig, loadConfig, type LoadOptions, loadSoundPart } from '../config/index.js';
import type { Registry } from '../guide/registry.js';
import { prepareRun } from './generate.js';

/**
 * Reads the config of a run as `loadConfig` does. Where the schema refuses it, the rest is checked against the model, the guides and
 * the targets all the same, so that one look mends everything.
 * Errors: an InputError with every problem.
 */
export async function loadRunConfig(path: string, registry: Registry, options: LoadOptions = {}): Promise<GenerateConfig> {
  try {
    return await loadConfig('generate', path, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { config, problems } = await loadSoundPart('generate', path, options);
    throw new InputError(path, [...problems, ...(config ? await problemsOf(config, registry, path) : [])]);
  }
}

async function problemsOf(config: GenerateConfig, registry: Registry, where: string): Promise<readonly Problem[]> {
  try {
    await prepareRun(config, registry, where);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}
