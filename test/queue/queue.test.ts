import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtInGuides } from '../../guidance/index.js';
import { Interrupted } from '../../lib/base/errors.js';
import { certify, type CertifyHooks } from '../../lib/certify/index.js';
import { checkConfig } from '../../lib/config/index.js';
import { generate, type GenerateHooks } from '../../lib/generate/index.js';
import { queueCrew, redisServer } from '../../lib/queue/index.js';
import { differentFacts } from '../../lib/queue/queued-run.js';
import { connectRedis, queuePackages } from '../../lib/queue/redis.js';
import { errorOf } from '../text/helpers.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';
import { killQueue } from './queue-kills.js';
import { hasRedis, makeCertificate, RedisProcess } from './redis-server.js';
import { runCli, WorkerProcess } from './worker-process.js';

describe('a queue', function () {
  this.timeout(120_000);

  before(function () {
    if (hasRedis() || process.env['CI'] !== undefined) return;
    console.log('      no redis-server here: the tests of the queue are skipped (apt-get install redis-server)');
    this.skip();
  });

  it('writes the bytes of a plain run while workers and Redis are killed', () =>
    withFolder(async (folder) => {
      const { killed, isSame } = await killQueue(folder, { shards: 6, kills: 2, seed: 1 });
      expect(killed).to.be.above(0);
      expect(isSame).to.equal(true);
    }));

  it('needs the password, resumes, names what keeps a worker from a run, and makes urgent runs first', () =>
    withFolder(async (folder) => {
      const model = join(folder, 'model');
      await writeTinyModel(model);
      const redis = await RedisProcess.start(folder, 'secret');
      const environment = { DIFFUSTEER_REDIS_PASSWORD: 'secret' };
      const notices: string[] = [];
      const run = async (
        output: string,
        hooks: GenerateHooks,
        { password = 'secret', priority = 9, seed = 0 } = {},
      ): Promise<string> => {
        const crew = queueCrew({ server: redisServer(redis.url, password), priority, onNotice: (line) => notices.push(line) });
        const config = checkConfig('generate', {
          ...{ model, output: join(folder, output), device: 'onnx-cpu', threads: 1, sampler: { steps: 6 } },
          ...{ batchSize: 2, samplesPerTarget: 100, seed, guidance: [{ guide: 'length', length: 5 }] },
        });
        await generate(config, builtInGuides, 'config.json', output === 'plain' ? hooks : { ...hooks, crew });
        return readFile(join(folder, output, 'samples.jsonl'), 'utf8');
      };
      const workers: WorkerProcess[] = [];
      const add = (...args: string[]) => void workers.push(new WorkerProcess(redis.url, args, environment));
      try {
        const plain = await run('plain', { trace: 3 });
        const failure = (failed: Promise<string>) => failed.then(() => 'no error', String); // prettier-ignore
        expect(await failure(run('refused', {}, { password: 'wrong' }))).to.match(
          /refuses the password in DIFFUSTEER_REDIS_PASSWORD/,
        );
        add('--threads', '2');
        const refused = await failure(run('queue', {}));
        expect(refused).to.match(/every worker .* refuses this run:\n.* threads: the run has 1, the worker 2$/);
        expect(await workers.pop()!.end('SIGINT')).to.equal(0);
        const order: string[] = [];
        const ordered = (name: string) => ({ onSamples: () => order.push(name) });
        const later = run('later', ordered('later'), { seed: 1 });
        while (!notices.some((line) => /no worker is at the queue/.test(line))) await sleep(20);
        const urgent = run('urgent', ordered('urgent'), { seed: 2, priority: 1 });
        await sleep(500);
        add();
        await Promise.all([later, urgent]);
        expect(order[0]).to.equal('urgent');
        const stop = new AbortController();
        const onProgress = (done: number, of: number): void => void (done > of / 2 && stop.abort());
        const error: unknown = await run('queue', { signal: stop.signal, onProgress }).catch((e: unknown) => e);
        expect(error).to.be.instanceOf(Interrupted);
        const certified = async (output: string, hooks: CertifyHooks) => {
          const config = checkConfig('certify', {
            ...{ model, output: join(folder, output), device: 'onnx-cpu', threads: 1, sampler: { steps: 4 }, batchSize: 2 },
            ...{ guidance: [{ guide: 'length', length: 4 }], accept: [{ judge: 'length' }], targets: [{}] },
            ...{ perTarget: 3, tries: 2, distinct: { ngram: 2, overlap: 0.9 } },
          });
          await certify(config, builtInGuides, { folders: { fluency: {} } }, 'certify.json', hooks);
          const files = ['accepted.jsonl', 'targets.jsonl', 'certificate.json'];
          return Promise.all(files.map((file) => readFile(join(folder, output, file), 'utf8')));
        };
        const crew = queueCrew({ server: redisServer(redis.url, 'secret'), priority: 1, onNotice: () => undefined });
        expect(await certified('certified-queue', { crew })).to.deep.equal(await certified('certified', {}));
        let last = [0, 0];
        expect(await run('queue', { trace: 3, onProgress: (...steps) => (last = steps) })).to.equal(plain);
        expect(last[0]).to.equal(last[1]);
        const [traces, expected] = await Promise.all(
          ['queue', 'plain'].map((name) => readFile(join(folder, name, 'traces.jsonl'))),
        );
        expect(traces!.equals(expected!)).to.equal(true);
        expect(await workers.pop()!.end('SIGINT'), 'a worker ends cleanly').to.equal(0);
        expect(notices.filter((line) => /is away/.test(line))).to.deep.equal([]);
      } finally {
        await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
        await redis.stop();
      }
    }));
});

describe('a queue over TLS', function () {
  this.timeout(60_000);

  it('is used if its certificate is trusted, and refused otherwise', async function () {
    if (!hasRedis()) return this.skip();
    await withFolder(async (folder) => {
      const certificate = makeCertificate(folder);
      if (!certificate) return this.skip();
      await writeTinyModel(join(folder, 'model'));
      const redis = await RedisProcess.start(folder, 'secret', certificate);
      const trusting = { DIFFUSTEER_REDIS_PASSWORD: 'secret', NODE_EXTRA_CA_CERTS: certificate.cert };
      const worker = new WorkerProcess(redis.url, [], trusting);
      try {
        const byNumber = redis.url.replace('localhost', '127.0.0.1');
        for (const url of [redis.url, byNumber]) {
          const refused = connectRedis(redisServer(url, 'secret'), () => undefined).then(() => 'connected', String); // prettier-ignore
          expect(await refused).to.match(/Redis at .* cannot be used: self-signed certificate/);
        }
        const config = join(folder, 'config.json');
        const base = { device: 'onnx-cpu', threads: 1, sampler: { steps: 4 }, batchSize: 2, samplesPerTarget: 4, guidance: [] };
        await writeFile(config, JSON.stringify({ ...base, model: join(folder, 'model'), output: join(folder, 'out') }));
        const { status, stderr } = await runCli(['generate', config, '--queue', byNumber], trusting);
        expect(stderr).to.not.contain('Warning');
        expect(status, stderr).to.equal(0);
        expect((await readFile(join(folder, 'out/samples.jsonl'), 'utf8')).trim().split('\n')).to.have.length(4);
        expect(worker.output).to.contain('Working on a run').and.not.contain('Warning');
      } finally {
        await worker.end('SIGKILL');
        await redis.stop();
      }
    });
  });
});

describe('what the machines of a queue agree on', () => {
  it('needs two packages of its own, and the message says how to install them', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    const found = (name: string) => (name === 'bullmq' ? Promise.resolve({}) : Promise.reject(missing));
    const message = await queuePackages(found).then(() => 'loaded', String); // prettier-ignore
    expect(message).to.contain('a queue needs two more packages').and.contain('npm install bullmq ioredis');
    const { bullmq, ioredis } = await queuePackages();
    expect([bullmq.Queue, ioredis.Redis].map((made) => typeof made)).to.deep.equal(['function', 'function']);
  });

  it('is compared by name', () => {
    const run = { 'version of diffusteer': '1.0.0', model: 'a'.repeat(64), threads: '1', 'guide mine': 'x' };
    expect(differentFacts(run, run)).to.deep.equal([]);
    expect(differentFacts(run, { 'version of diffusteer': '1.0.1', model: 'b'.repeat(64), threads: '1' })).to.deep.equal([
      'version of diffusteer: the run has 1.0.0, the worker 1.0.1',
      'model: the run has aaaaaaaaaaaa, the worker bbbbbbbbbbbb',
      'guide mine: the run has x, the worker none',
    ]);
  });

  it('is reached by an address without a password', () => {
    expect(redisServer('rediss://me@example.org/2', 'p')).to.deep.equal({
      ...{ host: 'example.org', port: 6379, db: 2, username: 'me', password: 'p', tls: { servername: 'example.org' } },
    });
    expect(redisServer('rediss://127.0.0.1', undefined).tls, 'TLS names no server by its number').to.deep.equal({});
    expect(redisServer('redis://[::1]:7000', undefined)).to.deep.equal({ host: '::1', port: 7000, db: 0 });
    const messageFor = (url: string) => errorOf(Promise.resolve().then(() => redisServer(url, undefined)));
    return Promise.all(
      ['redis://:word@h', 'redis://me:word@h', 'http://h', 'nothing', 'redis://h/x'].map(async (url, i) =>
        expect(await messageFor(url), url).to.match(
          i < 2 ? /set DIFFUSTEER_REDIS_PASSWORD/ : /expected the address of a Redis server/,
        ),
      ),
    );
  });
});
