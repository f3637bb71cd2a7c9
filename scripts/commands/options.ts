import type { ArgumentsCamelCase, Argv } from 'yargs';
import { inputError } from '../../lib/base/errors.js';
import { locate } from '../../lib/base/locate.js';
import type { RemoteCrew } from '../../lib/generate/crew.js';
import type { RedisServer } from '../../lib/queue/redis.js';

/** The options of a command and its work. */
export interface Command<A> {
  readonly builder: (yargs: Argv) => Argv<A>;
  readonly handler: (args: ArgumentsCamelCase<A>) => Promise<void>;
}

export interface ConfigArgs {
  config: string;
  set: string[];
}

/** Arguments of a command whose config names corpora. */
export interface DataArgs extends ConfigArgs {
  data: string;
}

/** Arguments of a command that loads plugins. */
export interface PluginArgs {
  plugins: string | undefined;
}

/** Adds the config that a command runs, and overrides of its values. */
export const configArguments = <T>(yargs: Argv<T>) =>
  setOption(yargs).positional('config', {
    type: 'string',
    demandOption: true,
    coerce: locate,
    describe: 'JSON file, relative to the working directory or else to the package',
  });

export const setOption = <T>(yargs: Argv<T>) =>
  yargs.option('set', {
    type: 'string',
    array: true,
    default: [] as string[],
    describe: 'Override a value: --set sampler.steps=50 (repeatable)',
  });

export const dataOption = <T>(yargs: Argv<T>) =>
  yargs.option('data', { type: 'string', default: '.', describe: 'Folder that the corpora of the config are relative to' });

export const pluginsOption = <T>(yargs: Argv<T>) =>
  yargs.option('plugins', {
    type: 'string',
    describe: 'Folder of your own guides and judges: every file in it is loaded and run',
  });

/** Returns the Redis server of `--queue`. Its password comes from the environment, so that no list of processes shows it. */
export async function queueServer(url: string): Promise<RedisServer> {
  const { redisServer } = await import('../../lib/queue/redis.js');
  return redisServer(url, process.env['DIFFUSTEER_REDIS_PASSWORD'] || undefined);
}

/** Arguments of a command whose texts workers at a queue may make. */
export interface QueueArgs {
  queue: string | undefined;
  priority: number;
}

export const queueOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('queue', { type: 'string', describe: 'Redis server whose workers make the texts: redis://HOST:6379, or rediss://' })
    .option('priority', { type: 'number', default: 100, describe: 'With --queue: runs with a lower number come first, from 1' });

/** BullMQ has no higher number. */
const MOST_PRIORITY = 2_097_152;

/** Returns the workers at a queue; undefined without one. */
export async function crewOf({ queue, priority }: QueueArgs): Promise<RemoteCrew | undefined> {
  if (queue === undefined) return undefined;
  if (!Number.isInteger(priority) || priority < 1 || priority > MOST_PRIORITY)
    throw inputError('--priority', `expected a whole number from 1 to ${MOST_PRIORITY}, got ${priority}`);
  const server = await queueServer(queue);
  const { queueCrew } = await import('../../lib/queue/index.js');
  return queueCrew({ server, priority, onNotice: (line) => void process.stderr.write(`${line}\n`) });
}
