import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inputError, Interrupted } from '../../lib/base/errors.js';
import type { Trace } from '../../lib/run/trace.js';
import { describeTarget } from '../sample-view.js';
import type { Command } from './options.js';

interface ReplayArgs {
  run: string;
  item: string;
  seconds: number;
}

/** Number of ids that an error lists. */
const KNOWN = 12;

export const replayCommand: Command<ReplayArgs> = {
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'Output folder of `generate --trace`' })
      .positional('item', { type: 'string', default: '0', describe: 'Id of a text, such as 3-0, or its index, from 0' })
      .option('seconds', { type: 'number', default: 8, describe: 'Duration of the animation in seconds' })
      .example('$0 replay runs/quickstart 3-0', 'the text with this id')
      .example('$0 replay runs/quickstart 2 --seconds 20', 'the third text, slowly')
      .epilogue(
        'Uncertain words are dim; dots stand for the most uncertain ones. Prints plain lines if the output is not a terminal.',
      ),
  async handler({ run, item, seconds }) {
    if (!(seconds >= 0)) throw inputError('--seconds', `expected 0 or more, got ${seconds}`);
    const [{ tracesIn }, { readSamples }, { replayFrames, replayLines }] = await Promise.all([
      import('../../lib/run/traces-file.js'),
      import('../../lib/run/read-samples.js'),
      import('../../lib/report/replay.js'),
    ]);
    const trace = await traceOf(tracesIn(run), item, run);
    const sample = (await readSamples(join(run, 'samples.jsonl'))).find(({ id }) => id === trace.id);
    if (sample) console.log(`${describeTarget(sample.target)}\n`);
    const { isTTY, columns } = process.stdout;
    if (!isTTY) return console.log(replayLines(trace).join('\n'));
    await play(replayFrames(trace, { width: Math.min(columns, 100), colour: (process.env['NO_COLOR'] ?? '') === '' }), seconds);
  },
};

/** @param item an id, or the index of a text */
async function traceOf(traces: AsyncIterable<Trace>, item: string, run: string): Promise<Trace> {
  const index = /^\d+$/.test(item) ? Number(item) : -1;
  const ids: string[] = [];
  for await (const trace of traces) {
    if (trace.id === item || ids.length === index) return trace;
    ids.push(trace.id);
  }
  const more = ids.length > KNOWN ? `, and ${ids.length - KNOWN} more` : '';
  throw inputError(
    run,
    `has no trace of ${JSON.stringify(item)}, only of ${ids.slice(0, KNOWN).join(', ')}${more}. Record the others with \`diffusteer generate CONFIG --trace all\``,
  );
}

/** Draws each frame over the previous one. */
async function play(frames: readonly (readonly string[])[], seconds: number): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const { stdout } = process;
  stdout.write('\u001b[?25l'); // hides the cursor
  try {
    for (const [i, frame] of frames.entries()) {
      if (i > 0) stdout.write(`\u001b[${frame.length}A`);
      stdout.write(frame.map((line) => `\u001b[2K${line}\n`).join(''));
      await setTimeout((seconds * 1000) / frames.length, undefined, { signal: stop.signal });
    }
  } catch (error) {
    throw stop.signal.aborted ? new Interrupted('stopped') : error;
  } finally {
    stdout.write('\u001b[?25h');
  }
}
