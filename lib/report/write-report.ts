import { basename, join, resolve } from 'node:path';
import { writeAside } from '../base/files.js';
import type { Metrics } from '../evaluate/metrics.js';
import { scoredTexts } from '../evaluate/scored-texts.js';
import { hasTraces, readTraces } from '../run/traces-file.js';
import { PLOTTED_TRACES, renderPage } from './page/page.js';

/**
 * Writes report.html for an evaluated run from its texts, scores and traces, read in one pass.
 *
 * @throws InputError if a file of the run is broken
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
