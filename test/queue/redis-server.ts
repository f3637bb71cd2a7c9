import { Redis } from 'ioredis';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** Files of a certificate for localhost, which is its own authority. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate. @returns undefined if there is no openssl here */
export function makeCertificate(folder: string): Certificate | undefined {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...names]); // prettier-ignore
  return made.status === 0 ? { cert, key } : undefined;
}

/** A Redis server with append-only persistence on a free port of the loopback. */
export class RedisProcess {
  #child: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly password: string | undefined,
    readonly tls: Certificate | undefined,
  ) {}

  get url(): string {
    return this.tls ? `rediss://localhost:${this.port}` : `redis://127.0.0.1:${this.port}`;
  }

  /** @param tls if given, the server speaks TLS alone */
  static async start(folder: string, password?: string, tls?: Certificate): Promise<RedisProcess> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const server = new RedisProcess(folder, port, password, tls);
    await server.restart();
    return server;
  }

  /** Kills the server and starts it again with what is on its disk. */
  async restart(): Promise<void> {
    await this.stop();
    const listens = this.tls
      ? {
          port: '0',
          'tls-port': `${this.port}`,
          'tls-cert-file': this.tls.cert,
          'tls-key-file': this.tls.key,
          'tls-auth-clients': 'no',
        }
      : { port: `${this.port}` };
    const options = { ...listens, bind: '127.0.0.1', dir: this.folder, appendonly: 'yes', save: '' };
    const secret = this.password === undefined ? {} : { requirepass: this.password };
    const args = Object.entries({ ...options, ...secret }).flatMap(([name, value]) => [`--${name}`, value]);
    this.#child = spawn('redis-server', args, { stdio: 'ignore' });
    const password = this.password === undefined ? {} : { password: this.password };
    const client = new Redis({
      host: '127.0.0.1',
      port: this.port,
      ...password,
      ...(this.tls && { tls: { ca: await readFile(this.tls.cert) } }),
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
