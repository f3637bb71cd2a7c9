import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiffusteerError } from '../../lib/base/errors.js';
import { readAtMost, refuseManyLines, writeAside } from '../../lib/base/files.js';
import { errorOf } from '../text/helpers.js';

describe('writeAside', () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const path = join(folder, 'state.json');
  after(() => rmSync(folder, { recursive: true }));

  it('replaces a file and leaves no temporary files', async () => {
    await writeAside(path, 'old');
    await writeAside(path, Uint8Array.from(Buffer.from('new')));
    expect(readFileSync(path, 'utf8')).to.equal('new');
    expect(readdirSync(folder)).to.deep.equal(['state.json']);
  });

  it('lets concurrent writers of one path each write a whole file', async () => {
    await Promise.all(['a', 'b', 'c'].map((letter) => writeAside(path, letter.repeat(100_000))));
    expect(readFileSync(path, 'utf8')).to.match(/^(a{100000}|b{100000}|c{100000})$/);
    expect(readdirSync(folder)).to.deep.equal(['state.json']);
  });

  it('keeps the old file and removes the partial one if the disk is full', () => {
    writeFileSync(path, 'old');
    const files = JSON.stringify(new URL('../../lib/base/files.js', import.meta.url).href);
    const write = `import { writeAside } from ${files};
      await writeAside(process.argv[1], 'x'.repeat(8e6)).catch((e) => { console.log(e.name, e.message); process.exitCode = 7; });`;
    // A limit on the size of a file stands in for a full disk: the write fails half-way.
    const child = [
      '-c',
      'ulimit -f 4000; exec "$@"',
      'sh',
      process.execPath,
      ...process.execArgv,
      '--input-type=module',
      '-e',
      write,
      path,
    ];
    const { status, stdout, stderr } = spawnSync('sh', child, { encoding: 'utf8' });
    expect(status, stderr).to.equal(7);
    expect(stdout).to.match(/^DiffusteerError .*state\.json: could not be written \(EFBIG.*unchanged/);
    expect(readFileSync(path, 'utf8')).to.equal('old');
    expect(readdirSync(folder)).to.deep.equal(['state.json']);
  }).timeout(20_000); // starts a process

  it('names the path if the folder does not exist', async () => {
    const error = await writeAside(join(folder, 'none', 'a'), '').catch((e: unknown) => e);
    expect(error).to.be.instanceOf(DiffusteerError);
    expect((error as Error).message).to.contain(join(folder, 'none', 'a'));
  });
});

describe('a folder that cannot be made', () => {
  it('names the reason, a read-only disk too', function () {
    this.timeout(20_000); // starts a process
    const files = JSON.stringify(new URL('../../lib/base/files.js', import.meta.url).href);
    const make = `import { makeFolder } from ${files}; await makeFolder(process.argv[1]).catch((e) => console.log(e.message));`;
    const folder = mkdtempSync(join(tmpdir(), 'read-only-'));
    const mounted = 'mount -t tmpfs none "$0" && mount -o remount,ro "$0" && exec "$@"';
    const node = [process.execPath, ...process.execArgv, '--input-type=module', '-e', make, join(folder, 'a/b')];
    const { status, stdout } = spawnSync('unshare', ['-rm', 'sh', '-c', mounted, folder, ...node], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    if (status !== 0) this.skip(); // not Linux, or no user namespaces
    expect(stdout).to.match(/a\/b: could not be made \(EROFS.*; choose another folder/);
  });
});

describe('what is read as a whole', () => {
  it('may be as large as the bound says, and no larger: the message has both sizes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'files-'));
    const path = join(folder, 'corpus.txt');
    return (async () => {
      writeFileSync(path, 'a'.repeat(1_000_000));
      expect(await readAtMost(path, 1_000_000)).to.have.length(1_000_000);
      writeFileSync(path, 'a'.repeat(1_000_001));
      expect(await errorOf(readAtMost(path, 1_000_000))).to.match(
        /corpus\.txt: expected at most 1 MB, the file has 1\.0 MB; split/,
      );
      expect(await errorOf(readAtMost(join(folder, 'none'), 1))).to.match(/no such file/);
    })().finally(() => rmSync(folder, { recursive: true }));
  });

  it('may have no size, as a device does, if it ends', async () => {
    expect((await readAtMost('/proc/self/status', 1_000_000)).toString()).to.match(/^Name:/);
    expect(await errorOf(readAtMost('/dev/zero', 2_000_000))).to.match(/expected at most 2 MB, this has more/);
  });

  it('may have five million lines', () => {
    refuseManyLines('corpus.txt', Buffer.alloc(5_000_000, '\n'));
    expect(() => refuseManyLines('corpus.txt', Buffer.alloc(5_000_001, '\n'))).to.throw(/corpus\.txt: .*at most 5 million lines/);
  });
});
