import type { Argv } from 'yargs';
import { train } from './train.js';

export const withCommands = (yargs: Argv): Argv => yargs.command(train);

export const commandNames: readonly string[] = ['train'];
