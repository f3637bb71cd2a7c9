#!/usr/bin/env node
import { inputError } from '../lib/base/errors.js';
import { packageVersion } from '../lib/base/locate.js';
import { nearest } from '../lib/base/nearest.js';
import { addCommands, commandList, commandNames } from './commands/index.js';
import { describeError, exitCodeOf } from './exit.js';

const args = process.argv.slice(2);

/** First argument that is not an option. */
const command = args.find((arg) => !arg.startsWith('-'));

/** @throws an InputError if the arguments are invalid, and whatever the command throws */
async function main(): Promise<void> {
  checkCommand();
  if (command === undefined && args.includes('--help')) return console.log(help());
  const { default: yargs } = await import('yargs'); // takes longer to load than the help takes to print
  const parser = yargs(args)
    .scriptName('diffusteer')
    .locale('en')
    .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false })
    .option('debug', { type: 'boolean', default: false, global: true, describe: 'Show the stack of an error' })
    .version(packageVersion())
    .help()
    .wrap(Math.min(110, process.stdout.columns || 110))
    .demandCommand(1, 'expected a command')
    .strict()
    .exitProcess(false)
    .check(checkValues, true)
    .fail(onFailure);
  let work: (() => Promise<void>) | undefined;
  const start = (asked: () => Promise<void>) => void (work = asked);
  await (await addCommands(parser, command, start)).parseAsync();
  await work?.();
}

/** Returns the help text that lists the commands. */
function help(): string {
  const options = [
    ['--debug', 'Show the stack of an error'],
    ['--version', 'Show the version'],
    ['--help', 'Show help; after a command, its options'],
  ] as const;
  const commands = commandList.map(({ usage, describe }) => [`diffusteer ${usage}`, describe] as const);
  return [
    'diffusteer <command>\n\nControllable text generation with diffusion.',
    `Commands:\n${table(commands)}`,
    `Options:\n${table(options)}`,
  ].join('\n\n');
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}

/** Arguments that may be given more than once. */
const LISTS = ['_', 'set', 'configs', 'runs', 'lm'];

function checkValues(argv: Record<string, unknown>): true {
  for (const [name, value] of Object.entries(argv)) {
    if (Array.isArray(value) && !LISTS.includes(name)) throw inputError(`--${name}`, 'was given more than once');
    if (Number.isNaN(value)) throw inputError(`--${name}`, 'expected a number');
  }
  return true;
}

function onFailure(message: string | undefined, error: Error | undefined): never {
  if (error !== undefined) throw error;
  const help = command === undefined ? 'diffusteer --help' : `diffusteer ${command} --help`;
  throw inputError('diffusteer', `${message ?? 'invalid arguments'} (see ${help})`);
}

/** Suggests the nearest command for an unknown one, which yargs would call an unknown argument. */
function checkCommand(): void {
  if (command === undefined || commandNames.includes(command)) return;
  const meant = nearest(command, commandNames);
  const help = meant === undefined ? `expected one of ${commandNames.join(', ')}` : `did you mean ${meant}?`;
  throw inputError('diffusteer', `unknown command ${JSON.stringify(command)}, ${help}`);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // the reader, such as `head`, has closed the pipe
  throw error;
});

try {
  await main();
} catch (error) {
  console.error(describeError(error, args.includes('--debug')));
  process.exitCode = exitCodeOf(error);
}
