import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig } from '../lib/config/index.js';
import { evaluateRun } from '../lib/evaluate/index.js';
import { generate } from '../lib/generate/index.js';
import { openJudges } from '../lib/judges/index.js';
import { readSamples } from '../lib/run/read-samples.js';
import { withFolder, writeTinyModel } from '../test/tiny-model.js';

// Memory of long runs: `node --expose-gc dist/bench/memory.js [--generated 5000] [--evaluated 20000] [--model FOLDER] [--steps 50]`. Prints the
// resident memory of the process, and the heap right after a collection, at each tenth of the texts. Without a model it uses a tiny one. The
// texts that are evaluated are those that were generated, repeated under other ids; they are judged by their words and by the language model
// of models/english.

const { values } = parseArgs({
  options: {
    generated: { type: 'string', default: '5000' },
    evaluated: { type: 'string', default: '20000' },
    model: { type: 'string' },
    steps: { type: 'string', default: '50' },
  },
});
const [generated, evaluated] = [Number(values.generated), Number(values.evaluated)];
const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error('expected node --expose-gc');

/** Returns a function that prints the memory at each tenth of the texts. */
function watch(title: string, texts: number): (done: number) => void {
  let tenth = 1;
  return (done) => {
    if (done < (tenth * texts) / 10) return;
    tenth = Math.floor((10 * done) / texts) + 1;
    const { rss } = process.memoryUsage();
    collect!();
    const { heapUsed, external } = process.memoryUsage();
    const [resident, heap] = [rss, heapUsed + external].map((bytes) => (bytes / 1e6).toFixed(1));
    console.log(`${title}: ${done} texts, resident ${resident} MB, heap after a collection ${heap} MB`);
  };
}

await withFolder(async (folder) => {
  const model = values.model ?? join(folder, 'model');
  if (values.model === undefined) await writeTinyModel(model);
  const [made, judged] = ['made', 'judged'].map((name) => join(folder, name)) as [string, string];
  const config = checkConfig('generate', {
    ...{ model, output: made, device: 'onnx-cpu', threads: 1, guidance: [{ guide: 'length', length: 5 }] },
    ...{ samplesPerTarget: generated, sampler: { steps: Number(values.steps) } },
  });
  let texts = 0;
  const onText = watch('generate', generated);
  await generate(config, builtInGuides, 'memory', { onSamples: (lines) => onText((texts += lines.length)) });
  await mkdir(judged);
  const lines = await readSamples(join(made, 'samples.jsonl'));
  const repeated = Array.from({ length: evaluated }, (_, i) => JSON.stringify({ ...lines[i % lines.length]!, id: `${i}-0` }));
  await writeFile(join(judged, 'samples.jsonl'), `${repeated.join('\n')}\n`);
  const manifest = JSON.parse(await readFile(join(made, 'run.json'), 'utf8')) as object;
  await writeFile(join(judged, 'run.json'), JSON.stringify({ ...manifest, texts: evaluated }));
  lines.length = repeated.length = 0;
  const locations = { coreNlp: '', embedded: 'models/judges/parser' };
  const { stop, ...judges } = await openJudges({
    parser: 'embedded',
    tagger: 'wink',
    locations,
    fluency: ['models/english/judges/lm'],
  });
  await evaluateRun(judged, builtInGuides, judges, { onProgress: watch('evaluate', evaluated) });
  await stop();
});
