import type { Argv } from 'yargs';
import { devices } from './devices.js';
import { importCommand } from './import.js';
import { train } from './train.js';

export const withCommands = (yargs: Argv): Argv => yargs.command(train).command(importCommand).command(devices);

export const commandNames: readonly string[] = ['train', 'import', 'devices'];
