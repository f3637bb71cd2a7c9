import { dirname } from 'node:path';
import { builtInGuides } from '../guidance/index.js';
import { checkConfig, loadConfig } from '../lib/config/index.js';
import type { Device } from '../lib/engine/types.js';
import { prepareRun } from '../lib/plan/prepare.js';
import { createShardContext, makeShard } from '../lib/shard/index.js';
import { median } from './measure.js';

const ROWS = 32;
const STEPS = 25; // the ratio is that of more steps

/** The configs whose guides are timed, by what the table calls them; with targets that are as long as unguided texts if theirs are shorter. */
const CONFIGS: readonly (readonly [what: string, path: string, targets?: string])[] = [
  ['length, posterior', 'configs/length.json'],
  ['pos, posterior', 'configs/pos-posterior.json', 'configs/targets/pos.jsonl'],
  ['spans, posterior', 'configs/spans.json'],
  ['tree, posterior and x0-gradient', 'configs/tree.json'],
  ['words, automata', 'configs/words.json'],
  ['regex, automata', 'configs/regex.json'],
  ['infill, automata', 'configs/infill.json'],
  ['pos, gradient', 'configs/pos-gradient.json', 'configs/targets/pos.jsonl'],
  ['attribute, gradient', 'configs/attribute.json'],
  ['attribute by gradient, pos by posterior', 'configs/attribute-pos.json'],
  ['only, automata', 'configs/english/only.json'],
  ['characters, automata', 'configs/english/characters.json'],
  ['syllables, automata', 'configs/english/syllables.json'],
  ['rhyme, automata', 'configs/english/rhyme.json'],
  ['metre, automata', 'configs/english/metre.json'],
  ['grammar, grammar', 'configs/english/grammar.json'],
];

/** The config that a guided one is compared with: the same model without guides. */
const unguidedBeside = (path: string): string => `${dirname(path)}/unguided.json`;

/** Milliseconds of a batch with the guides of each config, decoding and scoring included, beside the same batch without guides. */
export async function timeGuides(device: Device, rounds: number): Promise<string> {
  const lines: string[] = [];
  let unguided: { readonly path: string; run(): Promise<unknown> } | undefined;
  for (const [what, path, targets] of CONFIGS) {
    const free = unguidedBeside(path);
    if (unguided?.path !== free) unguided = { path: free, run: await batchJob(device, free) };
    const guided = await batchJob(device, path, targets);
    const times = { guided: [] as number[], unguided: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      times.unguided.push(await msOf(unguided.run));
      times.guided.push(await msOf(guided));
    }
    const [ms, freeMs] = [median(times.guided), median(times.unguided)];
    lines.push(`| ${what} | \`${path}\` | ${ms.toFixed(0)} | ${freeMs.toFixed(0)} | ${(ms / freeMs).toFixed(2)} |`);
  }
  return [
    `| guides, ${STEPS} reverse steps of ${ROWS} texts | config | ms | without guides, ms | ratio |`,
    '| --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `Medians of ${rounds} rounds in turns; one text a target or one target, the first of each config, decoded jointly after ${DECODE.at} of the steps, one candidate each.`,
    '',
  ].join('\n');
}

/** How texts are found in all configs alike, one candidate each: the table is of guides, and candidates cost as much as texts. */
const DECODE = { name: 'joint', width: 8, at: 0.6 } as const;

/** Makes the first batch of a config, one text a target, again at each call; once here to warm up. */
async function batchJob(device: Device, path: string, targets?: string): Promise<() => Promise<unknown>> {
  const raw = await loadConfig('generate', path, { set: targets === undefined ? [] : [`targets=${targets}`] });
  const samplesPerTarget = Array.isArray(raw.targets) ? ROWS : 1;
  const sampler = { ...raw.sampler, steps: STEPS };
  const config = checkConfig('generate', { ...raw, sampler, decode: DECODE, batchSize: ROWS, samplesPerTarget });
  const context = createShardContext(device, await prepareRun(config, builtInGuides, path));
  const run = () => makeShard(context, 0);
  await run();
  return run;
}

async function msOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
