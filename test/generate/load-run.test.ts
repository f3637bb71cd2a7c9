import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { builtInGuides } from '../../guidance/index.js';
import { loadRunConfig } from '../../lib/generate/load-run.js';
import { linesOf } from '../config/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

describe('the config of a run', () => {
  /** The problems of a config over a tiny model, as paths. */
  const pathsOf = async (config: Record<string, unknown>): Promise<string[]> => {
    let lines: string[] = [];
    await withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'));
      const path = join(folder, 'run.json');
      await writeFile(
        path,
        JSON.stringify({ model: join(folder, 'model'), output: join(folder, 'out'), targets: [3], ...config }),
      );
      lines = await linesOf(() => loadRunConfig(path, builtInGuides));
    });
    return lines.map((line) => line.split(':')[0]!);
  };

  it('tells what the schema refuses, and what the model and the guides refuse of the rest', async () => {
    const guidance = [{ guide: 'lenght' }, { guide: 'length', length: 100, weight: 'heavy' }];
    const paths = await pathsOf({ sampler: { steps: 'many' }, seeds: 2, guidance });
    expect(paths).to.have.members(['/sampler/steps', '/seeds', '/guidance/1/weight', '/guidance/0/guide', '/guidance/1/length']);
  });

  it('tells of a missing model, missing targets and an unknown guide together', async () => {
    const missing = { model: 'no-model', targets: 'no-targets.jsonl', guidance: [{ guide: 'lenght' }] };
    expect(await pathsOf({ ...missing, seed: -1 })).to.have.members(['/seed', '/model', '/targets', '/guidance/0/guide']);
  });

  it('keeps to the schema where the config cannot stand without what is refused', async () => {
    expect(await pathsOf({ output: 3, seed: -1 })).to.have.members(['/output', '/seed']);
  });
});
