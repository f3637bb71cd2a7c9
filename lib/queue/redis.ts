import type { Redis } from 'ioredis';
import { isIP } from 'node:net';
import { DiffusteerError, inputError, messageOf } from '../base/errors.js';

/** Where a Redis server is, and how to log in. */
export interface RedisServer {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  /** Given for `rediss`: certificates are checked. */
  readonly tls?: { readonly servername?: string };
}

/** Longest wait between two attempts to connect again, ms. */
const RECONNECT_MS = 1_000;

/**
 * Reads the address of a Redis server.
 *
 * @param url such as `redis://127.0.0.1:6379` or `rediss://user@host/1`
 * @throws InputError if it is not an address, or holds a password, which other users of the machine could read from the list of processes
 */
export function redisServer(url: string, password: string | undefined): RedisServer {
  const expected = 'expected the address of a Redis server, such as redis://127.0.0.1:6379 or rediss://user@host:6380/1';
  if (!URL.canParse(url)) throw inputError('--queue', `${expected}, got ${JSON.stringify(url)}`);
  const { protocol, hostname, port, pathname, username, password: inUrl } = new URL(url);
  if (inUrl !== '')
    throw inputError('--queue', 'has a password, which others can read; leave it out and set DIFFUSTEER_REDIS_PASSWORD instead');
  const db = pathname.slice(1) || '0';
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || !/^\d{1,4}$/.test(db))
    throw inputError('--queue', `${expected}, got ${JSON.stringify(url)}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1'); // IPv6
  return {
    ...{ host, port: Number(port || 6379), db: Number(db) },
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== undefined && { password }),
    ...(protocol === 'rediss:' && { tls: isIP(host) === 0 ? { servername: host } : {} }), // TLS names no server by its number
  };
}

/** Packages that only a queue needs, which a project installs by itself. */
export interface QueuePackages {
  readonly bullmq: typeof import('bullmq');
  readonly ioredis: typeof import('ioredis');
}

/** Loads the packages of a queue. @param load imports a package. @throws DiffusteerError that says how to install what is missing */
export async function queuePackages(load = (name: string): Promise<unknown> => import(name)): Promise<QueuePackages> {
  try {
    const [bullmq, ioredis] = await Promise.all([load('bullmq'), load('ioredis')]);
    return { bullmq, ioredis } as QueuePackages;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new DiffusteerError('a queue needs two more packages; install them next to diffusteer: npm install bullmq ioredis');
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

/** Returns the options of a connection that waits for the server whenever it is away. */
export const connectionTo = (server: RedisServer) => ({
  ...server,
  maxRetriesPerRequest: null,
  retryStrategy: (times: number) => Math.min(50 * times, RECONNECT_MS),
});

/**
 * Connects to a server that must be there now; later it may go away and come back.
 *
 * @param onNotice called when the server goes away and when it is back
 * @throws DiffusteerError if there is no server, or it refuses the password
 */
export async function connectRedis(server: RedisServer, onNotice: (line: string) => void): Promise<Redis> {
  const { Redis } = (await queuePackages()).ioredis;
  const name = `Redis at ${server.host}:${server.port}`;
  let isOpen = false;
  let isAway = false;
  const { retryStrategy, ...options } = connectionTo(server);
  const client = new Redis({ ...options, lazyConnect: true, retryStrategy: (times) => (isOpen ? retryStrategy(times) : null) });
  let reason: unknown;
  client.on('error', (error) => (reason = error));
  client.on('reconnecting', () => {
    if (!isAway) onNotice(`${name} is away; waiting for it`);
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) onNotice(`${name} is back`);
    isAway = false;
  });
  try {
    await client.connect();
    await client.ping();
    isOpen = true;
    return client;
  } catch (error) {
    client.disconnect();
    throw new DiffusteerError(`${name} cannot be used: ${adviceFor(messageOf(reason ?? error))}`);
  }
}

function adviceFor(message: string): string {
  if (/NOAUTH/.test(message)) return 'it needs a password; set DIFFUSTEER_REDIS_PASSWORD';
  if (/WRONGPASS|AUTH/.test(message))
    return `it refuses the password in DIFFUSTEER_REDIS_PASSWORD or the user in --queue (${message})`;
  return `${message}. Start it (docker compose up redis), or check --queue`;
}
