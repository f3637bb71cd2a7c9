import type { Argv } from 'yargs';
import { benchmarkCommand } from './benchmark.js';
import { checkCommand } from './check.js';
import { compareCommand } from './compare.js';
import { coreNlpCommand } from './corenlp.js';
import { devices } from './devices.js';
import { evaluateCommand } from './evaluate.js';
import { generateCommand } from './generate.js';
import { guidesCommand } from './guides.js';
import { importCommand } from './import.js';
import { judgeCommand } from './judge.js';
import { newGuideCommand } from './new-guide.js';
import { replayCommand } from './replay.js';
import { sweepCommand } from './sweep.js';
import { trainGuideCommand } from './train-guide.js';
import { trainJudgeCommand } from './train-judge.js';
import { train } from './train.js';
import { validateCommand } from './validate.js';

/** Handlers load what is heavy themselves: help and bad arguments need not wait for it. */
export const withCommands = (yargs: Argv): Argv =>
  yargs
    .command(train)
    .command(trainGuideCommand)
    .command(trainJudgeCommand)
    .command(generateCommand)
    .command(replayCommand)
    .command(judgeCommand)
    .command(evaluateCommand)
    .command(compareCommand)
    .command(sweepCommand)
    .command(benchmarkCommand)
    .command(coreNlpCommand)
    .command(validateCommand)
    .command(guidesCommand)
    .command(newGuideCommand)
    .command(checkCommand)
    .command(importCommand)
    .command(devices);

export const commandNames: readonly string[] = [
  'train',
  'train-guide',
  'train-judge',
  'generate',
  'replay',
  'judge',
  'evaluate',
  'compare',
  'sweep',
  'benchmark',
  'corenlp',
  'validate',
  'guides',
  'new-guide',
  'check',
  'import',
  'devices',
];
