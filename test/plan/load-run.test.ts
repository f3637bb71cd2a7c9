import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import type { ModelConfig } from '../../lib/model/denoiser/config.js';
import { loadRunConfig } from '../../lib/plan/load-run.js';
import { linesOf } from '../config/helpers.js';
import { tinyConfig, tinyPaperConfig, withFolder, writeTinyModel } from '../tiny-model.js';

describe('the config of a run', () => {
  /** Returns the paths of the problems of a config with a tiny model. */
  const pathsOf = async (config: Record<string, unknown>, model: ModelConfig = tinyConfig): Promise<string[]> => {
    let lines: string[] = [];
    await withFolder(async (folder) => {
      await writeTinyModel(join(folder, 'model'), model);
      const path = join(folder, 'run.json');
      await writeFile(
        path,
        JSON.stringify({ model: join(folder, 'model'), output: join(folder, 'out'), targets: [3], ...config }),
      );
      lines = await linesOf(() => loadRunConfig(path, builtInGuides));
    });
    return lines.map((line) => line.split(':')[0]!);
  };

  it('reports what the schema refuses, and what the model and the guides refuse of the rest', async () => {
    const guidance = [{ guide: 'lenght' }, { guide: 'length', length: 100, weight: 'heavy' }];
    const paths = await pathsOf({ sampler: { steps: 'many' }, seeds: 2, guidance });
    expect(paths).to.have.members(['/sampler/steps', '/seeds', '/guidance/1/weight', '/guidance/0/guide', '/guidance/1/length']);
  });

  it('reports a missing model, missing targets and an unknown guide together', async () => {
    const missing = { model: 'no-model', targets: 'no-targets.jsonl', guidance: [{ guide: 'lenght' }] };
    expect(await pathsOf({ ...missing, seed: -1 })).to.have.members(['/seed', '/model', '/targets', '/guidance/0/guide']);
  });

  it('reports a missing output folder, an unknown guide and a broken pattern together', async () => {
    const guidance = [{ guide: 'lenght' }, { guide: 'regex', pattern: 'The (pond' }];
    const broken = { output: undefined, guidance, targets: [3] };
    expect(await pathsOf(broken)).to.have.members(['/output', '/guidance/0/guide', '/guidance/1/pattern']);
    const others = { sampler: { steps: 'many' }, edit: { text: 'The zebra waits' }, device: 'tfjs-cpu', precision: 'int8' };
    expect(await pathsOf({ ...broken, ...others })).to.have.members([
      ...['/output', '/sampler/steps', '/precision', '/edit/text'],
      ...['/guidance/0/guide', '/guidance/1/pattern'],
    ]);
  });

  it('checks the options that do not depend on targets if those cannot be read', async () => {
    const guidance = [
      { guide: 'length', length: 100 },
      { guide: 'length', length: { from: 'words' } },
    ];
    expect(await pathsOf({ seed: -1, targets: 'no-targets.jsonl', guidance })).to.have.members([
      '/seed',
      '/targets',
      '/guidance/0/length',
    ]);
  });

  it("reports steps that a model of the paper's recipe lacks with the other problems", async () => {
    const others = { seed: -1, guidance: [{ guide: 'lenght' }], edit: { text: 'The zebra waits', keep: 0 } };
    const paths = ['/seed', '/guidance/0/guide', '/edit/text'];
    const more = await pathsOf({ ...others, sampler: { steps: 41 } }, tinyPaperConfig);
    expect(more).to.have.members([...paths, '/sampler/steps']);
    const short = await pathsOf({ ...others, sampler: { steps: 2 } }, { ...tinyPaperConfig, schedule: 'linear', steps: 10 });
    expect(short, 'a linear schedule has 21 steps or more').to.have.members([...paths, '/model']);
  });

  it('does not report a value that depends on a refused one', async () => {
    const guidance = [{ guide: 3 }];
    expect(await pathsOf({ guidance, targets: 'no-targets.jsonl' })).to.have.members(['/guidance/0/guide', '/targets']);
  });
});
