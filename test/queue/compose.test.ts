import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas: number };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('docker-compose.yml', () => {
  it('has a Redis with a password that stays on its disk, and three workers that wait for it and know each option', async () => {
    const { services, volumes } = parse(await readFile('docker-compose.yml', 'utf8')) as Compose;
    expect(Object.keys(services)).to.deep.equal(['redis', 'worker']);
    const [redis, worker] = [services['redis']!, services['worker']!];
    const secret = '${DIFFUSTEER_REDIS_PASSWORD:?set a password}';
    expect(redis.command).to.include.members(['redis-server', '--requirepass', secret]);
    expect(redis.command.join(' ')).to.contain('--appendonly yes');
    expect([redis.environment['REDISCLI_AUTH'], worker.environment['DIFFUSTEER_REDIS_PASSWORD']]).to.deep.equal([secret, secret]);
    expect(redis.ports, 'only this machine reaches it').to.deep.equal(['127.0.0.1:6379:6379']);
    expect(redis.healthcheck!.test).to.deep.equal(['CMD', 'redis-cli', 'ping']);
    expect(redis.volumes).to.deep.equal(['redis:/data']);
    expect(volumes).to.have.property('redis');
    expect(worker.deploy!.replicas).to.equal(3);
    expect(worker.depends_on).to.deep.equal({ redis: { condition: 'service_healthy' } });
    const [node, cli, ...args] = worker.command;
    expect([node, worker.image.split(':')[0]]).to.deep.equal(['node', 'node']);
    expect(args).to.include('redis://redis:6379');
    const elsewhere = args.map((arg) => arg.replace('redis:6379', '127.0.0.1:1')); // where nothing listens
    const ran = spawnSync(process.execPath, [join(process.cwd(), cli!), ...elsewhere], { encoding: 'utf8', env: process.env });
    expect(ran.stderr).to.match(/Redis at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/);
  }).timeout(20_000);
});
