import { expect } from 'chai';
import { join } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { checkRun } from '../../lib/plan/prepare.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

describe('patterns that explode', () => {
  it('are refused in the time of one check, however many targets have them', () =>
    withFolder(async (folder) => {
      const model = join(folder, 'model');
      await writeTinyModel(model);
      const targets = Array.from({ length: 40 }, (_, i) => ({ i }));
      const unknown = Array.from({ length: 1500 }, (_, i) => `w${i}`).join('|'); // each asks for the nearest known word
      for (const [pattern, reason] of [
        ['(.{0,300}){0,150}', /repeats too many parts.*\/targets\/19/s],
        [unknown, /the vocabulary of this model has no word "w0"/],
      ] as const) {
        const config = checkConfig('generate', {
          model,
          output: join(folder, 'out'),
          targets,
          guidance: [{ guide: 'regex', pattern }],
        });
        const before = process.cpuUsage();
        expect(await errorOf(checkRun(config, builtInGuides, 'config.json'))).to.match(reason);
        const { user, system } = process.cpuUsage(before);
        expect(user + system, 'microseconds').to.be.below(4e6); // 0.7e6; 28e6 if each target is checked
      }
    })).timeout(30_000);
});
