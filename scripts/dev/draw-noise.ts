import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError } from '../../lib/base/errors.js';
import { readSamples } from '../../lib/run/read-samples.js';
import { readTraces } from '../../lib/run/traces-file.js';
import { parseInfillTemplate } from '../../lib/text/infill-template.js';
import { drawNoise, type NoisyText } from './drawing/noise-svg.js';

// Draws texts of a traced run emerging from noise: node dist/scripts/dev/draw-noise.js RUN FILE.svg ID...
const [folder, path, ...ids] = process.argv.slice(2);
if (folder === undefined || path === undefined || ids.length === 0) {
  console.error('usage: node dist/scripts/dev/draw-noise.js RUN FILE.svg ID...');
  process.exit(2);
}

const traces = new Map((await readTraces(folder)).map((trace) => [trace.id, trace]));
const samples = new Map((await readSamples(join(folder, 'samples.jsonl'))).map((sample) => [sample.id, sample]));

function textOf(id: string): NoisyText {
  const [trace, sample] = [traces.get(id), samples.get(id)];
  if (trace === undefined || sample === undefined)
    throw inputError(folder!, `has no trace of the text "${id}", only of ${[...traces.keys()].join(', ')}`);
  const { pos = [], template = [] } = sample.target as { pos?: string[]; template?: string };
  const { slots } = parseInfillTemplate(template);
  return { trace, tags: pos, isGiven: (position) => typeof slots[position] === 'string' };
}

await writeFile(path, drawNoise(ids.map(textOf)));
console.log(`${path}: ${Math.ceil((await stat(path)).size / 1024)} KB`);
