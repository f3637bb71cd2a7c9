import { inputError } from '../../lib/base/errors.js';
import type { GenerateHooks } from '../../lib/generate/generate.js';
import type { Registry } from '../../lib/guide/registry.js';
import type { Judge } from '../../lib/judges/judge.js';
import { bestThreads } from '../best-threads.js';
import { interruptSignal } from '../interrupt.js';
import { type Progress, startProgress } from '../progress.js';
import { registryWith } from '../registry.js';
import { describeSample } from '../sample-view.js';
import {
  type Command,
  type ConfigArgs,
  configArguments,
  crewOf,
  type PluginArgs,
  pluginsOption,
  type QueueArgs,
  queueOptions,
  queueServer,
} from './options.js';

interface GenerateArgs extends ConfigArgs, PluginArgs, QueueArgs {
  /** Undefined without the option. */
  trace: number | undefined;
}

export const generateCommand: Command<GenerateArgs> = {
  builder: (yargs) =>
    queueOptions(pluginsOption(configArguments(yargs)))
      .option('trace', {
        type: 'string', // no default: yargs would take it for the number that is missing
        defaultDescription: 'none',
        coerce: traceCount,
        describe: 'Record the reverse steps of the first N texts in traces.jsonl: a number, "all", or 8 if no number is given',
      })
      .example('$0 generate configs/quickstart.json', 'guided sentences from the shipped model')
      .example('$0 generate configs/length.json --set seed=2 --set output=runs/again', 'the same targets with other noise')
      .example('$0 generate configs/length.json --set workers=4 --set threads=1', 'four batches at a time; the same texts')
      .example('$0 generate configs/length.json --trace', 'traces of 8 texts, also for a finished run; see replay')
      .epilogue('An interrupted run resumes when the command is repeated; the result is the same, byte for byte.'),
  async handler({ config: path, set, plugins, trace = 0, queue, priority }) {
    const crew = await crewOf({ queue, priority });
    const [{ generate }, { loadRunConfig }, { guides, judges }] = await Promise.all([
      import('../../lib/generate/generate.js'),
      import('../../lib/plan/load-run.js'),
      registryWith(plugins),
    ]);
    const config = await loadRunConfig(path, guides, { set });
    const view = samplesView(config.method ? 'texts' : 'reverse steps', queue);
    try {
      const hooks = { ...view.hooks, signal: interruptSignal(), trace, bestThreads, crew };
      const { folder, texts, made, traced } = await generate(config, guides, path, hooks);
      view.stop();
      if (made === 0) await showFinished(folder, traced);
      console.log(`\n${texts} ${texts === 1 ? 'text' : 'texts'} in ${folder}/samples.jsonl`);
      if (trace > 0) console.log(`Traces in ${folder}/traces.jsonl. Watch one: diffusteer replay ${folder} 0`);
      await showReport(folder, guides, judges);
    } finally {
      view.stop();
    }
  },
};

/** Number of texts that `--trace` without a number records. */
const TRACED = 8;

/** @param value of `--trace`: '' if it was given without a number */
function traceCount(value: string): number {
  if (value === '') return TRACED;
  if (value === 'all') return Infinity;
  const count = Number(value);
  if (Number.isInteger(count) && count >= 0) return count;
  throw inputError(
    '--trace',
    `expected a number of texts or "all", got ${JSON.stringify(value)}; write --trace=8, or put the config first`,
  );
}

/** Prints the judgements of a run, using only judges that start quickly: the parser is the embedded one. */
async function showReport(folder: string, guides: Registry, judges: readonly Judge[]): Promise<void> {
  const [{ judgeFolder }, { renderReport }, { openJudgesOfRun }] = await Promise.all([
    import('../../lib/evaluate/judge.js'),
    import('../../lib/report/render-report.js'),
    import('../judge-resources.js'),
  ]);
  const { stop, ...resources } = await openJudgesOfRun({ parser: 'embedded', tagger: 'wink', corenlp: '' }, folder);
  try {
    console.log(renderReport(await judgeFolder(folder, guides, { judges, ...resources })));
  } finally {
    await stop();
  }
}

const SHOWN = 40;

/** Prints the texts of a finished run, so that a second `npm start` shows them too. */
async function showFinished(folder: string, traced: number): Promise<void> {
  const { readSamples } = await import('../../lib/run/read-samples.js');
  const lines = await readSamples(`${folder}/samples.jsonl`);
  lines.slice(0, SHOWN).forEach((line) => console.log(describeSample(line)));
  const done = traced > 0 ? `The texts are unchanged; ${traced} were traced` : 'Nothing to do';
  console.log(`\n${done}: this run is finished. For other texts, set another output folder and seed.`);
}

/** Shows progress over all reverse steps or texts, and prints finished texts above it. */
function samplesView(unit: string, queue: string | undefined): { hooks: GenerateHooks; stop(): void } {
  let progress: Progress | undefined;
  return {
    hooks: {
      onNotices: (notices) => notices.forEach((notice) => console.log(notice)),
      onStart({ workers, threads }) {
        if (queue !== undefined && workers > 0)
          process.stderr.write(`Shards at the queue: ${workers}, for workers with --threads ${threads}\n`);
        else if (workers > 1)
          process.stderr.write(`${workers} workers with ${threads} ${threads === 1 ? 'thread' : 'threads'} each\n`);
      },
      onProgress(done, of) {
        progress ??= startProgress({ unit, total: of, from: done });
        progress.update(done);
      },
      onSamples: (lines) => lines.forEach((line) => progress?.print(describeSample(line))),
    },
    stop: () => progress?.stop(),
  };
}

interface WorkerArgs extends PluginArgs {
  queue: string;
  threads: number;
  'stalled-after': number;
}

export const workerCommand: Command<WorkerArgs> = {
  builder: (yargs) =>
    pluginsOption(yargs)
      .option('queue', { type: 'string', demandOption: true, describe: 'Redis server: redis://HOST:6379, or rediss:// for TLS' })
      .option('threads', { type: 'number', default: 1, describe: 'CPU threads; runs with another number are refused' })
      .option('stalled-after', {
        type: 'number',
        default: 30,
        describe: 'Seconds after which the shard of a worker that died goes to another one',
      })
      .example('$0 worker --queue redis://127.0.0.1:6379', 'a worker; start as many as there are cores')
      .epilogue('The password of Redis is read from DIFFUSTEER_REDIS_PASSWORD. See docs/scale.md.'),
  async handler({ queue, threads, 'stalled-after': stalledAfter, plugins }) {
    if (!Number.isInteger(threads) || threads < 1)
      throw inputError('--threads', `expected a whole number from 1, got ${threads}`);
    if (!(stalledAfter >= 1)) throw inputError('--stalled-after', `expected seconds from 1, got ${stalledAfter}`);
    const server = await queueServer(queue);
    const [{ workQueue }, { guides: registry }] = await Promise.all([import('../../lib/queue/index.js'), registryWith(plugins)]);
    const onNotice = (line: string): void => console.log(line);
    console.log(`Working for ${queue} with ${threads} ${threads === 1 ? 'thread' : 'threads'}. Stop with Ctrl-C.`);
    await workQueue({ server, registry, threads, stalledAfter, signal: interruptSignal(), onNotice });
  },
};
