import { cpus } from 'node:os';
import { join } from 'node:path';
import type { AugmentBenchmarkHooks } from '../../lib/augment/benchmark/index.js';
import type { AugmentSummary } from '../../lib/augment/index.js';
import { readAtMost, writeAside } from '../../lib/base/files.js';
import { packageVersion } from '../../lib/base/locate.js';
import { loadConfig } from '../../lib/config/index.js';
import { interruptSignal } from '../interrupt.js';
import { registryWith } from '../registry.js';
import { type Command, configArguments, type DataArgs, dataOption, type PluginArgs, pluginsOption } from './options.js';

export const augmentCommand: Command<DataArgs & PluginArgs> = {
  builder: (yargs) =>
    pluginsOption(dataOption(configArguments(yargs)))
      .example('$0 augment configs/augment.json --data examples/own-data', 'notes of four seasons from a few of each')
      .epilogue('An interrupted run resumes when the command is repeated; the result is the same, byte for byte.'),
  async handler({ config: path, set, data, plugins }) {
    const config = await loadConfig('augment', path, { set });
    const [{ augment }, { augmentView }, { writeAugmentReport }, { guides }] = await Promise.all([
      import('../../lib/augment/index.js'),
      import('../augment-view.js'),
      import('../../lib/report/augment-page.js'),
      registryWith(plugins),
    ]);
    const view = augmentView(interruptSignal());
    try {
      const { folder, summary, isNew } = await augment(config, data, guides, path, view.hooks);
      view.stop();
      await writeAugmentReport(folder, summary);
      if (!isNew) console.log('Nothing to do: this run is finished. For other rows, set another output folder and seed.');
      console.log(describeAugmented(summary));
      console.log(`\nWritten to ${folder}: generated.csv, augmented.csv (with the given rows), provenance.jsonl, report.html`);
    } finally {
      view.stop();
    }
  },
};

/** Most labels without all their rows that are listed. */
const LISTED = 20;

export function describeAugmented({ rows, labels, rounds, judge, config }: AugmentSummary): string {
  const short = labels.filter(({ why }) => why !== undefined);
  const full = labels.length - short.length;
  const made = labels.reduce((sum, its) => sum + its.made, 0);
  const accuracy = `${(100 * judge.accuracy).toFixed(1)} % of ${judge.texts} given rows that it had not seen`;
  return [
    `${rows.generated} rows from ${made} texts in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; ${full} of ${labels.length} labels have all ${config.perLabel}`,
    `The filter's classifier is right on ${accuracy}`,
    ...short.slice(0, LISTED).map(({ label, why }) => `  ${label}: ${why}`),
    ...(short.length > LISTED ? [`  and ${short.length - LISTED} more labels; see summary.json`] : []),
  ].join('\n');
}

interface AugmentBenchmarkArgs extends DataArgs, PluginArgs {
  embedder: string | undefined;
  write: string | undefined;
}

/** Name of the part of a document that the command replaces. */
const PART = 'augmentation';

export const augmentBenchmarkCommand: Command<AugmentBenchmarkArgs> = {
  builder: (yargs) =>
    pluginsOption(dataOption(configArguments(yargs)))
      .option('embedder', {
        type: 'string',
        describe: 'Folder of a sentence encoder in the layout of transformers.js: adds a classifier of sentence vectors',
      })
      .option('write', { type: 'string', describe: 'Markdown file whose part between the markers is replaced by the tables' })
      .example(
        '$0 augment-benchmark configs/augment-benchmark.json --data data/utterances --embedder models/minilm',
        'the tables of docs/augmentation.md',
      )
      .example(
        '$0 augment-benchmark configs/augment-benchmark.json --data data/utterances --embedder models/minilm --set seeds=1',
        'a first look',
      )
      .epilogue(
        'An interrupted benchmark resumes when the command is repeated. Finished parts in its folder are not made again.',
      ),
  async handler({ config: path, set, data, plugins, embedder: folder, write }) {
    const config = await loadConfig('augment-benchmark', path, { set });
    const [{ augmentBenchmark }, { augmentBenchmarkMarkdown, augmentBenchmarkText }, { guides }] = await Promise.all([
      import('../../lib/augment/benchmark/index.js'),
      import('../../lib/report/compare/augment-benchmark.js'),
      registryWith(plugins),
    ]);
    const embedder = await (folder === undefined ? undefined : openEmbedder(folder));
    const view = await benchmarkView();
    try {
      const parts = { dataFolder: data, registry: guides, embedder, where: path };
      const results = await augmentBenchmark(config, parts, view.hooks);
      view.stop();
      const text = augmentBenchmarkMarkdown(results, circumstances());
      await writeAside(join(config.output, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
      await writeAside(join(config.output, 'results.md'), `# Augmentation\n\n${text}\n`);
      console.log(`\n${augmentBenchmarkText(results)}\n\nWritten to ${config.output}: results.json, results.md`);
      if (write !== undefined) await writePart(write, text);
    } finally {
      view.stop();
      await embedder?.dispose();
    }
  },
};

async function openEmbedder(folder: string) {
  const { loadTextEmbedder } = await import('../../lib/model/external/text-embedder.js');
  return loadTextEmbedder(folder);
}

/** Shows the stages of each method, and a line for each that was measured. */
async function benchmarkView(): Promise<{ hooks: AugmentBenchmarkHooks; stop(): void }> {
  const { augmentView } = await import('../augment-view.js');
  const { hooks, stop } = augmentView(interruptSignal());
  return {
    stop,
    hooks: {
      ...hooks,
      onTrial({ set, seed, method, index, of }) {
        stop();
        process.stderr.write(`\n${index + 1} of ${of}: ${set}, seed ${seed}, ${method}\n`);
      },
      onMeasured({ set, seed, method, added, accuracies }) {
        stop();
        const shown = Object.entries(accuracies).map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`);
        console.log(`${set}, seed ${seed}, ${method}: ${added} rows added, ${shown.join(', ')}`);
      },
    },
  };
}

const MAX_DOCUMENT = 10_000_000;

async function writePart(document: string, text: string): Promise<void> {
  const { withPart } = await import('../../lib/report/document-part.js');
  const before = (await readAtMost(document, MAX_DOCUMENT)).toString('utf8');
  await writeAside(document, withPart(before, PART, text, 'diffusteer augment-benchmark --write'));
  console.log(`Written to ${document}`);
}

function circumstances(): string[] {
  const processors = cpus();
  return [
    `Machine: ${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}, Node.js ${process.version}, diffusteer ${packageVersion()}.`,
    `Written on ${new Date().toISOString().slice(0, 10)} by \`npx diffusteer ${process.argv.slice(2).join(' ')}\`.`,
  ];
}
