import { basename, join, resolve } from 'node:path';
import { writeAside } from '../base/files.js';
import type { Metrics } from '../evaluate/metrics.js';
import { scoredTexts } from '../evaluate/scored-texts.js';
import { hasTraces, readTraces } from '../run/traces-file.js';
import { PLOTTED_TRACES, renderPage } from './page/page.js';

/**
 * Writes report.html of a run that is evaluated, from its texts, their scores and what was traced of it, read in one pass.
 * Errors: an InputError where a file of the run is broken.
 */
export async function writeReport(folder: string, metrics: Metrics): Promise<void> {
  const page = await renderPage({
    name: basename(resolve(folder)),
    metrics,
    texts: scoredTexts(join(folder, 'samples.jsonl'), join(folder, 'scores.jsonl')),
    traces: (await hasTraces(folder)) ? await readTraces(folder, PLOTTED_TRACES) : [],
  });
  await writeAside(join(folder, 'report.html'), page);
}
