import type { Argv } from 'yargs';
import type { Command } from './options.js';

/** Takes the work of the command that was asked for, to be done after parsing: yargs renders its help while it waits for a handler. */
export type Start = (work: () => Promise<void>) => void;

interface Entry {
  /** The name of the command and its positional arguments, as yargs reads them. */
  readonly usage: string;
  readonly describe: string;
  /** Adds the command to the parser; its options and its handler only if it is the one that was asked for. */
  register(yargs: Argv, isAsked: boolean, start: Start): Promise<Argv>;
}

/** The commands in the order of the help text. */
export const commandList: readonly Entry[] = [
  entry(
    'train <config>',
    'Train a diffusion language model, or resume its training',
    async () => (await import('./training/train.js')).trainCommand,
  ),
  entry(
    'train-guide <configs..>',
    'Train the networks of guides for a model, or resume their training',
    async () => (await import('./training/train-guide.js')).trainGuideCommand,
  ),
  entry(
    'train-judge <config>',
    'Train the model of a judge, or resume its training',
    async () => (await import('./training/train-judge.js')).trainJudgeCommand,
  ),
  entry(
    'generate <config>',
    'Generate the texts of a run, or resume it',
    async () => (await import('./generate.js')).generateCommand,
  ),
  entry('worker', 'Make texts of runs that were submitted to a queue', async () => (await import('./generate.js')).workerCommand),
  entry(
    'certify <config>',
    'Generate until judges accept enough texts for each target, with a certificate, or resume',
    async () => (await import('./certify.js')).certifyCommand,
  ),
  entry(
    'augment <config>',
    'Make labelled rows from a few labelled rows, or resume',
    async () => (await import('./augment.js')).augmentCommand,
  ),
  entry(
    'augment-benchmark <config>',
    'Compare ways to augment labelled rows by the accuracy of classifiers',
    async () => (await import('./augment.js')).augmentBenchmarkCommand,
  ),
  entry(
    'replay <run> [item]',
    'Watch a text emerge from noise in the terminal',
    async () => (await import('./replay.js')).replayCommand,
  ),
  entry(
    'studio',
    'Compose controls and watch texts form on a local page',
    async () => (await import('./studio.js')).studioCommand,
  ),
  entry(
    'serve',
    'Serve generation over HTTP on this machine, many requests at once',
    async () => (await import('./serve.js')).serveCommand,
  ),
  entry(
    'export-web <model> <output>',
    'Write a page that makes texts of a model in a browser, without a server',
    async () => (await import('./export-web.js')).exportWebCommand,
  ),
  entry(
    'judge <run>',
    'Measure how often the controls of a run succeeded',
    async () => (await import('./judge.js')).judgeCommand,
  ),
  entry(
    'evaluate <run>',
    'Judge the texts of a run and write metrics and reports, or resume',
    async () => (await import('./evaluate.js')).evaluateCommand,
  ),
  entry(
    'verify <run>',
    'Judge the texts of a certified run again, and confirm its certificate or say what differs',
    async () => (await import('./certify.js')).verifyCommand,
  ),
  entry(
    'compare <runs..>',
    'Compare the success, fluency and speed of runs with those of the first',
    async () => (await import('./compare.js')).compareCommand,
  ),
  entry(
    'sweep <config>',
    'Run a grid of settings and plot success against fluency',
    async () => (await import('./sweep.js')).sweepCommand,
  ),
  entry(
    'benchmark <config>',
    'Run the rows of a table and print them with published figures',
    async () => (await import('./benchmark.js')).benchmarkCommand,
  ),
  entry(
    'corenlp <action>',
    'Download Stanford CoreNLP, which judges trees and spans, or check that it works',
    async () => (await import('./corenlp.js')).coreNlpCommand,
  ),
  entry(
    'parse <corpus> <output>',
    'Parse a corpus with Stanford CoreNLP, for guides that learn from parses',
    async () => (await import('./corenlp.js')).parseCommand,
  ),
  entry(
    'validate <model>',
    'Measure how well a model denoises a held-out corpus',
    async () => (await import('./validate.js')).validateCommand,
  ),
  entry(
    'doctor <path>',
    'Say what is wrong with a trained model, and what to change',
    async () => (await import('./doctor.js')).doctorCommand,
  ),
  entry(
    'guides [name]',
    'List the guides, or describe one: how it acts, its cost, its options',
    async () => (await import('./guides.js')).guidesCommand,
  ),
  entry(
    'new-guide <name>',
    'Write a working guide and its test as a starting point for your own',
    async () => (await import('./new-guide.js')).newGuideCommand,
  ),
  entry(
    'check <config>',
    'Report all problems of a config without running it',
    async () => (await import('./check.js')).checkCommand,
  ),
  entry(
    'graph <config>',
    'Print the program that a reverse step of a run compiles to',
    async () => (await import('./graph.js')).graphCommand,
  ),
  entry(
    'import <folder>',
    'Convert a checkpoint of the original Diffusion-LM code',
    async () => (await import('./import.js')).importCommand,
  ),
  entry(
    'devices',
    'List the devices, whether each works here, and its speed',
    async () => (await import('./devices.js')).devicesCommand,
  ),
];

export const commandNames: readonly string[] = commandList.map(nameOf);

/** Adds all commands to the parser and loads the one that was asked for: help needs only names and descriptions of the others. */
export async function addCommands(yargs: Argv, asked: string | undefined, start: Start): Promise<Argv> {
  for (const entry of commandList) await entry.register(yargs, nameOf(entry) === asked, start);
  return yargs;
}

function entry<A>(usage: string, describe: string, load: () => Promise<Command<A>>): Entry {
  return {
    usage,
    describe,
    async register(yargs, isAsked, start) {
      if (!isAsked) return yargs.command(usage, describe);
      const { builder, handler } = await load();
      return yargs.command(usage, describe, builder, (args) => start(async () => handler(args)));
    },
  };
}

function nameOf({ usage }: Entry): string {
  return usage.split(' ', 1)[0]!;
}
