import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { interruptSignal } from '../interrupt.js';
import { judgedFiles, judgePoolOf, openJudgesOfRun, type ParserArgs, parserOptions, workersOption } from '../judge-resources.js';
import { type Progress, startProgress } from '../progress.js';
import { registryWith } from '../registry.js';
import { type Command, type PluginArgs, pluginsOption } from './options.js';

interface EvaluateArgs extends PluginArgs, ParserArgs {
  run: string;
  corpus: string | undefined;
  column: string | undefined;
  validation: string | undefined;
  labels: string | undefined;
  embedder: string | undefined;
  seed: number;
  workers: number | undefined;
}

export const evaluateCommand: Command<EvaluateArgs> = {
  builder: (yargs) =>
    workersOption(parserOptions(pluginsOption(yargs)))
      .positional('run', { type: 'string', demandOption: true, describe: 'Output folder of `generate`' })
      .option('corpus', { type: 'string', describe: 'Training corpus: adds fluency and novelty' })
      .option('column', { type: 'string', describe: 'Column of a CSV corpus that holds the text' })
      .option('validation', { type: 'string', describe: 'Held-out corpus, whose fluency is measured for comparison' })
      .option('labels', {
        type: 'string',
        describe: 'Labelled texts that the guide `classify` was trained on; default: the corpus, if it has their columns',
      })
      .option('embedder', {
        type: 'string',
        describe: 'Folder of a feature-extraction model in ONNX: adds BERTScore, and MAUVE against --validation',
      })
      .option('seed', { type: 'number', default: 1, describe: 'Random seed of the bootstrap for the intervals' })
      .example('$0 evaluate runs/quickstart', 'success of every guide, with intervals')
      .example('$0 evaluate runs/pos --corpus data/e2e/train.csv --column ref', 'fluency and novelty too')
      .epilogue(
        'Writes scores.jsonl (one line per text), metrics.json, report.md and report.html (a self-contained page) into the run folder.',
      ),
  async handler({ run, corpus, column, validation, labels, embedder: folder, seed, plugins, workers, ...asked }) {
    const [{ evaluateRun }, { renderMarkdown, renderReport }, { writeReport }, { guides, judges }] = await Promise.all([
      import('../../lib/evaluate/evaluate.js'),
      import('../../lib/report/render-report.js'),
      import('../../lib/report/write-report.js'),
      registryWith(plugins),
    ]);
    const resources = await openJudgesOfRun(asked, run);
    const view = textsView();
    const embedder = folder === undefined ? undefined : await loadEmbedder(folder);
    const signal = interruptSignal();
    const corpora = judgedFiles({ corpus, column, labels });
    const pool = await judgePoolOf(resources, { guides, corpora, workers, signal });
    try {
      const options = {
        judges,
        ...resources,
        ...{ pool, seed },
        ...(embedder === undefined ? {} : { embedder }),
        ...judgedFiles({ corpus, column, validation, labels }),
      };
      const metrics = await evaluateRun(run, guides, options, { ...view.hooks, signal });
      view.stop();
      await writeFile(join(run, 'report.md'), renderMarkdown(metrics, basename(resolve(run))));
      await writeReport(run, metrics);
      console.log(renderReport(metrics));
      console.log(`Written to ${run}: scores.jsonl, metrics.json, report.md, report.html`);
    } finally {
      view.stop();
      await Promise.all([pool?.close(), resources.stop(), embedder?.dispose()]);
    }
  },
};

async function loadEmbedder(folder: string) {
  const { loadTextEmbedder } = await import('../../lib/model/external/text-embedder.js');
  return loadTextEmbedder(folder);
}

/** Shows progress over the texts of the run. */
function textsView() {
  let progress: Progress | undefined;
  return {
    hooks: {
      onStart(done: number, texts: number) {
        if (done < texts) progress = startProgress({ unit: 'texts judged', total: texts, from: done });
      },
      onProgress: (done: number) => progress?.update(done),
    },
    stop() {
      progress?.stop();
      progress = undefined;
    },
  };
}
