import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readTargets, type Target } from '../lib/config/index.js';
import { inputError, messageOf } from '../lib/errors.js';
import { loadTokenizer } from '../lib/text/load-tokenizer.js';
import type { Tokenizer } from '../lib/text/types.js';

/** Targets of which a file in configs/targets/ is made: what to ask for, without the sentence it was taken from. */
interface TargetFile {
  readonly from: string;
  readonly fields: readonly string[];
  readonly to: string;
}

const FILES: readonly TargetFile[] = [
  { from: 'control-targets/attribute.jsonl', fields: ['slot', 'value'], to: 'attribute.jsonl' },
  { from: 'control-targets/compose_pos_attr.jsonl', fields: ['pos', 'slot', 'value'], to: 'attribute-pos.jsonl' },
];

/** The words that a text of the shipped model can have. */
const MODEL = 'models/e2e';
const MAX_WORDS = 46;

/** Writes configs/targets/*.jsonl from the folder of the data, and prints what is left out and why. */
async function main(): Promise<void> {
  const { data } = parseArgs({ options: { data: { type: 'string' } } }).values;
  if (data === undefined)
    throw inputError('arguments', 'expected: npm run targets -- --data DIR, the folder that has control-targets/');
  const tokenizer = await loadTokenizer(MODEL);
  await mkdir('configs/targets', { recursive: true });
  for (const file of FILES) {
    const targets = await readTargets(join(data, file.from));
    const kept = targets.filter((target) => {
      const why = obstacle(target, tokenizer);
      if (why !== undefined) console.log(`${file.to} leaves out ${target.where}: ${why}`);
      return why === undefined;
    });
    const lines = kept.map(({ fields }) => JSON.stringify(Object.fromEntries(file.fields.map((name) => [name, fields[name]]))));
    await writeFile(join('configs/targets', file.to), `${lines.join('\n')}\n`);
    console.log(`${file.to}: ${kept.length} of ${targets.length} targets`);
  }
}

/** Why the model can make no text for a target, undefined where it can. */
function obstacle({ fields: { value, pos } }: Target, { tokenize, vocabulary }: Tokenizer): string | undefined {
  if (Array.isArray(pos) && pos.length > MAX_WORDS) return `${pos.length} words, the canvas holds ${MAX_WORDS}`;
  const unknown = typeof value === 'string' ? tokenize(value).filter((word) => vocabulary.id(word) === undefined) : [];
  return unknown.length === 0 ? undefined : `"${String(value)}" has words that the vocabulary lacks: ${unknown.join(', ')}`;
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
