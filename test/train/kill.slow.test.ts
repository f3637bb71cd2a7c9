import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { withFolder } from '../tiny-model.js';
import { train } from './killed-run.js';

const script = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './killed-run.ts' : './killed-run.js', import.meta.url));

describe('a training run that is killed', () => {
  it('resumes to the same bytes', () =>
    withFolder(async (folder) => {
      const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
      await train(whole);
      const child = fork(script, [killed], { execArgv: process.execArgv });
      let last = 0;
      child.on('message', (step: number) => {
        last = step;
        if (step === 7) child.kill('SIGKILL'); // during saving, or in the next step
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect([signal, last >= 7 && last < 14]).to.deep.equal(['SIGKILL', true]);

      const steps: number[] = [];
      await train(killed, (step) => void steps.push(step));
      expect(steps[0], 'it resumes from the last snapshot').to.be.within(7, last + 1);
      for (const file of ['checkpoint/snapshot.safetensors', 'model/model.safetensors', 'log.jsonl']) {
        expect((await readFile(join(killed, file))).equals(await readFile(join(whole, file))), file).to.equal(true);
      }
    })).timeout(30_000);
});
