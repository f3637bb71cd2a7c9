#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { nearest } from '../lib/config/index.js';
import { inputError } from '../lib/base/errors.js';
import { commandNames, withCommands } from './commands/index.js';
import { describeError, exitCodeOf } from './exit.js';
import { packageVersion } from '../lib/base/locate.js';

const args = hideBin(process.argv);

/** Errors: whatever a command throws; an InputError for arguments that cannot be read. */
async function main(): Promise<void> {
  checkCommand();
  const parser = yargs(args)
    .scriptName('diffusteer')
    .usage('$0 <command>\n\nControllable text generation with diffusion.')
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
  await withCommands(parser).parseAsync();
}

/** What may be given several times. */
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
  const command = args.find((arg) => commandNames.includes(arg));
  throw inputError(
    'diffusteer',
    `${message ?? 'the arguments cannot be read'} (see diffusteer ${command === undefined ? '' : `${command} `}--help)`,
  );
}

/** yargs would call it an unknown argument and could not say what was meant. */
function checkCommand(): void {
  const name = args.find((arg) => !arg.startsWith('-'));
  if (name === undefined || commandNames.includes(name)) return;
  const meant = nearest(name, commandNames);
  const help = meant === undefined ? `expected one of ${commandNames.join(', ')}` : `did you mean ${meant}?`;
  throw inputError('diffusteer', `unknown command ${JSON.stringify(name)}, ${help}`);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // the reader, such as `head`, has enough
  throw error;
});

try {
  await main();
} catch (error) {
  console.error(describeError(error, args.includes('--debug')));
  process.exitCode = exitCodeOf(error);
}
