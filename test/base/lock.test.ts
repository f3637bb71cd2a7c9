import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { lockFolder, withLock } from '../../lib/base/lock.js';
import { errorOf } from '../text/helpers.js';
import { withFolder } from '../tiny-model.js';

const LOCK = new URL('../../lib/base/lock.js', import.meta.url).href;

/** Claims a folder in a process of its own, which then waits. @returns a function that kills the process */
async function claimElsewhere(folder: string): Promise<() => Promise<void>> {
  const code = `const { lockFolder } = await import(${JSON.stringify(LOCK)});
    await lockFolder(process.argv[1], 'generate');
    console.log('claimed');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', code, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

describe('the lock of a folder', () => {
  it('lets one process work there and tells others which one; another kind of work is free', () =>
    withFolder(async (folder) => {
      const kill = await claimElsewhere(folder);
      try {
        const message = await errorOf(lockFolder(folder, 'generate'));
        expect(message).to.match(/`generate` is already running in this folder: process \d+ on this machine, since 20/);
        expect(message).to.contain('wait until it has ended, stop it, or choose another folder').and.not.contain('remove');
        await (await lockFolder(folder, 'evaluate')).release();
      } finally {
        await kill();
      }
    }));

  it('is free again when its process was killed, and nothing of it stays', () =>
    withFolder(async (folder) => {
      await (
        await claimElsewhere(folder)
      )();
      expect(await readdir(folder), 'the claim of the killed process').to.have.length(1);
      expect(await withLock(folder, 'generate', () => readdir(folder))).to.have.length(1);
      expect(await readdir(folder)).to.deep.equal([]);
    }));

  it('does not take a process with the same number for the one that was killed', () =>
    withFolder(async (folder) => {
      const lock = await lockFolder(folder, 'generate');
      const [name] = await readdir(folder);
      const claim = JSON.parse(await readFile(join(folder, name!), 'utf8')) as Record<string, unknown>;
      await lock.release();
      const earlier = { ...claim, started: 'another boot/1' };
      await writeFile(join(folder, `.generate-${hostname()}-${process.pid}-0-999.lock`), JSON.stringify(earlier));
      await (await lockFolder(folder, 'generate')).release();
      expect(await readdir(folder)).to.deep.equal([]);
    }));

  it('of another machine, or one that does not read, is never broken: the message names the file to remove', () =>
    withFolder(async (folder) => {
      const name = '.generate-elsewhere-1-0-0.lock';
      for (const content of [JSON.stringify({ pid: 1, host: 'elsewhere', started: 'x', since: '2020-01-01' }), '', '{"pid":']) {
        await writeFile(join(folder, name), content);
        const message = await errorOf(lockFolder(folder, 'generate'));
        expect(message).to.contain(`remove ${join(folder, name)}`);
        expect(message).to.contain(content.endsWith('}') ? 'process 1 on elsewhere, since 2020-01-01' : 'an unknown process');
        expect(await readdir(folder)).to.deep.equal([name]);
      }
    }));

  it('is held by one at a time of many that claim at the same moment', () =>
    withFolder(async (folder) => {
      let inside = 0;
      let most = 0;
      const claims = Array.from({ length: 12 }, () =>
        withLock(folder, 'generate', async () => {
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside--;
          return true;
        }).catch(() => false),
      );
      expect(await Promise.all(claims)).to.include(true);
      expect(most, 'at once').to.equal(1);
    }));

  it('counts for threads of one process too', () =>
    withFolder(async (folder) => {
      const lock = await lockFolder(folder, 'generate');
      const code = `const { lockFolder } = await import(${JSON.stringify(LOCK)});
        const { parentPort, workerData } = await import('node:worker_threads');
        parentPort.postMessage(await lockFolder(workerData, 'generate').then(() => 'claimed', ({ message }) => message));`;
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData: folder });
      const [message] = (await once(worker, 'message')) as [string];
      expect(message).to.contain('already running in this folder');
      await worker.terminate();
      await lock.release();
    }));
});
