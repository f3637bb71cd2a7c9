import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** A Redis server with append-only persistence on a free port of the loopback. */
export class RedisProcess {
  #child: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly password: string | undefined,
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async start(folder: string, password?: string): Promise<RedisProcess> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const server = new RedisProcess(folder, port, password);
    await server.restart();
    return server;
  }

  /** Kills the server and starts it again with what is on its disk. */
  async restart(): Promise<void> {
    await this.stop();
    const options = { port: `${this.port}`, bind: '127.0.0.1', dir: this.folder, appendonly: 'yes', save: '' };
    const secret = this.password === undefined ? {} : { requirepass: this.password };
    const args = Object.entries({ ...options, ...secret }).flatMap(([name, value]) => [`--${name}`, value]);
    this.#child = spawn('redis-server', args, { stdio: 'ignore' });
    const password = this.password === undefined ? {} : { password: this.password };
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      ...password,
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
    });
    client.on('error', () => undefined);
    while ((await client.ping().catch(() => 'loading')) !== 'PONG') await sleep(20);
    client.disconnect();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
