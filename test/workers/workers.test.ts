import { expect } from 'chai';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { builtInGuides, guidesWith } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate, type GenerateHooks } from '../../lib/generate/index.js';
import type { Registry } from '../../lib/guide/registry.js';
import { bestOf } from '../../lib/workers/measure-threads.js';
import { teamOf } from '../../lib/workers/index.js';
import { runJob } from '../fuzz/killed-job.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { childrenOf, isRunning } from './processes.js';

describe('workers', function () {
  this.timeout(60_000);

  type Run = (output: string, changes?: object, hooks?: GenerateHooks, guides?: Registry) => Promise<string>;

  const withModel = (use: (folder: string, run: Run) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      const model = join(folder, 'model');
      await writeTinyModel(model);
      const base = { model, device: 'onnx-cpu', sampler: { steps: 6 }, batchSize: 2, samplesPerTarget: 15, threads: 1 };
      await use(folder, async (output, changes = {}, hooks = {}, guides = builtInGuides) => {
        const own = { guidance: [{ guide: 'length', length: 5 }], output: join(folder, output) };
        await generate(checkConfig('generate', { ...base, ...own, ...changes }), guides, 'config.json', hooks);
        return readFile(join(folder, output, 'samples.jsonl'), 'utf8');
      });
    });

  /** A reward that ends its process, once if `argument` names a file to remember that, always if it is "always". */
  async function writeDeadlyReward(folder: string): Promise<object> {
    const module = join(folder, 'deadly.js');
    await writeFile(
      module,
      `import { existsSync, writeFileSync } from 'node:fs';
      export default (text, tokens, argument) => {
        if (argument === 'never' || existsSync(argument)) return 0;
        if (argument !== 'always') writeFileSync(argument, '');
        process.kill(process.pid, 'SIGKILL');
      };`,
    );
    return { guide: 'reward', via: 'particles', module, argument: { from: 'die' } };
  }

  it('are waited for if they end late, and the program does not end meanwhile', () =>
    withFolder(async (folder) => {
      const lib = (file: string) => JSON.stringify(new URL(`../../lib/workers/${file}`, import.meta.url).href);
      const files = {
        'worker.mjs': `import { serveTasks } from ${lib('serve-tasks.js')}; export default serveTasks(async () => async () => process.pid);`,
        'program.mjs': `import { openPool } from ${lib('pool.js')};
          const pool = openPool({ module: new URL('./worker.mjs', import.meta.url).href, job: {}, workers: 1 });
          process.kill(await pool.run({}, 'a task'), 'SIGSTOP');
          await pool.close();
          console.log('closed');`,
      };
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')]);
      expect(stdout).to.equal('closed\n');
    }));

  it('write the bytes of one worker, traces included, and leave no process', () =>
    withModel(async (folder, run) => {
      const trace = { trace: 7 };
      const alone = await run('alone', {}, trace);
      const teams: number[] = [];
      const shared = await run('shared', { workers: 3 }, { ...trace, onStart: ({ workers }) => teams.push(workers) });
      expect(teams).to.deep.equal([3]);
      expect(shared).to.equal(alone);
      const traces = (name: string) => readFile(join(folder, name, 'traces.jsonl'), 'utf8');
      expect(await traces('shared')).to.equal(await traces('alone'));
      expect(await childrenOf(process.pid)).to.deep.equal([]);
      const files = await readdir(join(folder, 'shared'));
      expect(files.sort()).to.deep.equal(['run.json', 'samples.jsonl', 'timing.jsonl', 'traces.jsonl']);
      expect(await run('alone', { workers: 2 }), 'the number of workers may change').to.equal(alone);
    }));

  it('that die once are replaced; a shard on which two died ends the run by name, and what is done stays', () =>
    withModel(async (folder, run) => {
      const guidance = [await writeDeadlyReward(folder)];
      const job = (die: string[]) => ({
        guidance,
        particles: { count: 2, every: 3 },
        samplesPerTarget: 1,
        targets: die.map((each) => ({ die: each })),
        workers: 2,
      });
      const guides = guidesWith({ modules: folder });
      const once = join(folder, 'died');
      const mended = await run('once', job(['never', once, 'never']), {}, guides);
      expect(mended.trim().split('\n')).to.have.length(3);
      expect((await stat(once)).isFile()).to.equal(true);
      const failed = run('twice', job(['never', 'never', 'always', 'never']), {}, guides);
      const error = await failed.catch((reason: unknown) => reason as Error);
      expect(String(error)).to.match(/two worker processes died while they worked on shard 2\b.*the same command resumes/);
      expect((await readFile(join(folder, 'twice/samples.jsonl'), 'utf8')).trim().split('\n')).to.have.length(2);
      expect(await childrenOf(process.pid)).to.deep.equal([]);
    }));

  it('end with an interrupted run, which resumes to the same bytes', () =>
    withModel(async (_folder, run) => {
      const alone = await run('alone');
      const stop = new AbortController();
      const onProgress = (done: number, of: number): void => void (done > of / 2 && stop.abort());
      const hooks = { signal: stop.signal, onProgress };
      const error = await run('stopped', { workers: 2 }, hooks).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Interrupted);
      expect(String(error)).to.match(/the same command resumes/);
      expect(await childrenOf(process.pid)).to.deep.equal([]);
      expect(await run('stopped', { workers: 3 })).to.equal(alone);
    }));

  it('end when the process that started them is killed, which loses no finished shard', () =>
    withFolder(async (folder) => {
      const model = join(folder, 'model');
      await writeTinyModel(model);
      await runJob('workers', join(folder, 'whole'), model);
      const output = join(folder, 'killed');
      await mkdir(output);
      const child = fork(join(import.meta.dirname, '../fuzz/killed-job.js'), ['workers', output, model], { stdio: 'ignore' });
      let workers: number[] = [];
      const hasBegun = () => stat(join(output, 'timing.jsonl')).then(({ size }) => size > 0, () => false); // prettier-ignore
      while (!(await hasBegun())) await sleep(5);
      workers = await childrenOf(child.pid!);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(workers).to.have.length(2);
      for (let tries = 0; workers.some(isRunning); tries++) {
        expect(tries, 'workers are left').to.be.below(200);
        await sleep(20);
      }
      await runJob('workers', output, model);
      const [whole, killed] = await Promise.all(['whole', 'killed'].map((name) => readFile(join(folder, name, 'samples.jsonl'))));
      expect(killed!.equals(whole!)).to.equal(true);
    }));

  it('report what is wrong as one process does, and need guides that they can open themselves', () =>
    withModel(async (folder, run) => {
      const module = join(folder, 'wrong.js');
      await writeFile(module, 'export default () => NaN;');
      const job = {
        guidance: [{ guide: 'reward', via: 'particles', module }],
        particles: { count: 2, every: 3 },
        samplesPerTarget: 2,
      };
      const guides = guidesWith({ modules: folder });
      const alone = await errorOf(run('alone', { ...job, workers: 1 }, {}, guides));
      const shared = await errorOf(run('shared', { ...job, workers: 2 }, {}, guides));
      for (const message of [alone, shared]) expect(message).to.match(/wrong\.js: default: expected a reward in nats/);
      const message = await errorOf(run('own', { workers: 2 }, {}, new Map(builtInGuides)));
      expect(message).to.match(/^config\.json: \/workers: expected 1: other processes cannot open guides/);
    }));

  it('are as many as the config says, else as the cores have room for, and one for a short run', async () => {
    const needs = { shards: 100, isRemote: false, bestThreads: () => Promise.resolve(1) };
    const team = (config: { workers?: number; threads?: number }, more = {}) =>
      teamOf({ device: 'onnx-cpu', ...config }, { ...needs, ...more });
    expect(await team({ workers: 5, threads: 3 })).to.deep.equal({ workers: 5, threads: 3 });
    const { workers, threads } = await team({});
    expect(threads).to.equal(1);
    expect(workers).to.be.at.least(1);
    expect((await team({ threads: 1_000 })).workers).to.equal(1);
    expect((await team({}, { begun: 7 })).threads, 'threads of the texts that are there').to.equal(7);
    expect((await team({}, { shards: 2 })).workers).to.equal(1);
    expect((await team({}, { bestThreads: undefined })).workers).to.equal(1);
    const speeds = (...each: number[]) => each.map((batchesPerSecond, i) => ({ threads: 2 ** i, batchesPerSecond }));
    expect([bestOf(speeds(1, 1.6)), bestOf(speeds(1, 1.9, 2.5)), bestOf(speeds(1))]).to.deep.equal([1, 2, 1]);
  });
});
