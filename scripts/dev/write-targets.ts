import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findSlot, findValue, parseSlots, slotTable, type SlotTable } from '../../guidance/parts/slots.js';
import { inputError, messageOf } from '../../lib/base/errors.js';
import { readTargets, type Target } from '../../lib/config/index.js';
import { attributeJudge } from '../../lib/judges/controls/attribute.js';
import { loadCheckpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { loadGuideConfig } from '../../lib/model/checkpoint/guide-checkpoint.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { readParses, treesOfParse, uposOf, wordsOf } from '../../lib/text/parses.js';
import { constituentsOf, readBracketing, writeBracketing } from '../../lib/text/penn-tree.js';
import type { ParsedRow } from '../../lib/text/types.js';

/** Source of a file in configs/targets/, which keeps the controls but not the reference sentences. */
interface TargetFile {
  readonly from: string;
  readonly fields: readonly string[];
  readonly to: string;
}

const FILES: readonly TargetFile[] = [
  { from: 'control-targets/attribute.jsonl', fields: ['slot', 'value'], to: 'attribute.jsonl' },
  { from: 'control-targets/pos.jsonl', fields: ['pos'], to: 'pos.jsonl' },
  { from: 'control-targets/spans.jsonl', fields: ['spans'], to: 'spans.jsonl' },
  { from: 'control-targets/compose_pos_attr.jsonl', fields: ['pos', 'slot', 'value'], to: 'attribute-pos.jsonl' },
];

const MODEL = 'models/e2e';
/** Most words in a text of that model. */
const MAX_WORDS = 46;

/** Source of the tree targets, and their number. */
const PARSES = 'e2e/valid-parses.jsonl';
const ROWS = 'e2e/valid.csv';
const TREES = 150;

/** Source of the targets for models/english: sentences of 5 to 16 words. */
const ENGLISH_PARSES = 'tatoeba/valid-parses.jsonl';
const ENGLISH = 150;

/**
 * Writes configs/targets/*.jsonl from the data folder, and prints which targets are left out and why. With --sentences DIR it writes into
 * that folder and keeps the reference sentences, whose scores by `judge` are the ceiling for generated texts.
 */
async function main(): Promise<void> {
  const { data, sentences } = parseArgs({ options: { data: { type: 'string' }, sentences: { type: 'string' } } }).values;
  if (data === undefined)
    throw inputError('arguments', 'expected: npm run targets -- --data DIR, where DIR contains control-targets/ and e2e/');
  const learned = await learnedAttributes();
  const folder = sentences ?? 'configs/targets';
  await mkdir(folder, { recursive: true });
  for (const { from, fields, to } of FILES) {
    const targets = await readTargets(join(data, from));
    const kept = targets.filter((target) => {
      const why = obstacle(target, learned);
      if (why !== undefined) console.log(`${to} leaves out ${target.where}: ${why}`);
      return why === undefined;
    });
    const wanted = sentences === undefined ? fields : [...fields, 'words'];
    const lines = kept.map((target) => JSON.stringify(Object.fromEntries(wanted.map((name) => [name, target.fields[name]]))));
    await writeFile(join(folder, to), `${lines.join('\n')}\n`);
    console.log(`${to}: ${kept.length} of ${targets.length} targets`);
  }
  const rows = (await readParses(join(data, PARSES))).filter((row) => wordsOf(row).length <= MAX_WORDS);
  const attributes = await attributesOf(rows, join(data, ROWS), learned);
  await writeTrees(join(folder, 'tree.jsonl'), rows, () => ({}), sentences !== undefined);
  await writeTrees(join(folder, 'attribute-tree.jsonl'), rows, (row) => attributes.get(row.line), sentences !== undefined);
  await writeEnglish(join(data, ENGLISH_PARSES), folder, sentences !== undefined);
}

/** Writes the tags, the trees and one span each of the first held-out sentences of general English. */
async function writeEnglish(parses: string, folder: string, keepsWords: boolean): Promise<void> {
  const isSentence = ({ sentences: [first, ...more] }: ParsedRow) =>
    first !== undefined && more.length === 0 && first.words.length >= 5 && first.words.length <= 16;
  const rows = (await readParses(parses)).filter(isSentence).slice(0, ENGLISH);
  const words = (row: ParsedRow) => (keepsWords ? { words: wordsOf(row) } : {});
  const tags = rows.map((row) => JSON.stringify({ pos: uposOf(row), ...words(row) }));
  await writeFile(join(folder, 'english-pos.jsonl'), `${tags.join('\n')}\n`);
  await writeTrees(join(folder, 'english-tree.jsonl'), rows, () => ({}), keepsWords);
  const spans = rows.map((row) => JSON.stringify({ spans: [spanOf(row)], ...words(row) }));
  await writeFile(join(folder, 'english-spans.jsonl'), `${spans.join('\n')}\n`);
}

/** Returns one constituent of a sentence: of at least two words, and not the whole sentence if it has another. Which one differs from row to row. */
function spanOf({ line, sentences }: ParsedRow): readonly [number, number, string] {
  const { tree, words } = sentences[0]!;
  const all = constituentsOf(treesOfParse(tree)).filter(({ start, end }) => end > start);
  const inner = all.filter(({ start, end }) => end - start + 1 < words.length);
  const from = inner.length > 0 ? inner : all;
  const { start, end, label } = from[line % from.length]!;
  return [start, end, label];
}

/**
 * Writes the trees of the first rows, one per sentence, with tags in place of words.
 *
 * @param more returns further fields of a row's target, or undefined to skip the row
 */
async function writeTrees(
  path: string,
  rows: readonly ParsedRow[],
  more: (row: ParsedRow) => object | undefined,
  keepsWords: boolean,
): Promise<void> {
  const lines = rows.flatMap((row) => {
    const fields = more(row);
    if (fields === undefined) return [];
    const tree = row.sentences.map((sentence) => withoutWords(sentence.tree));
    return [JSON.stringify({ tree, ...fields, ...(keepsWords ? { words: wordsOf(row) } : {}) })];
  });
  const written = lines.slice(0, TREES);
  await writeFile(path, `${written.join('\n')}\n`);
  console.log(`${path}: ${written.length} targets`);
}

/**
 * Returns one attribute for each row, by row number: one that the row's meaning has, its sentence states and the classifier knows, so that
 * a text with the row's tree can state it. The first slot tried differs from row to row, so that every slot occurs.
 */
async function attributesOf(rows: readonly ParsedRow[], csv: string, learned: SlotTable): Promise<Map<number, Attribute>> {
  const meanings = (await readCorpus(csv, { column: 'ref', fields: { mr: 'mr' } })).rows;
  const found = new Map<number, Attribute>();
  for (const row of rows) {
    const slots = parseSlots(meanings[row.line]?.fields?.['mr'] ?? '');
    if (typeof slots === 'string') throw inputError(`${csv}, row ${row.line}`, slots);
    const all = [...slots].map(([slot, value]) => ({ slot, value }));
    const turn = all.length === 0 ? 0 : row.line % all.length;
    const known = [...all.slice(turn), ...all.slice(0, turn)].filter((attribute) => isKnown(attribute, learned));
    const scores = await attributeJudge().score(
      known.map(() => wordsOf(row)),
      known,
    );
    const stated = known.find((_, i) => scores[i]!.value === 1);
    if (stated !== undefined) found.set(row.line, stated);
  }
  return found;
}

/** Returns the slots and values that the classifier of attributes knows. */
async function learnedAttributes(): Promise<SlotTable> {
  const { hash } = await loadCheckpoint(MODEL);
  return slotTable((await loadGuideConfig(MODEL, hash, 'attribute', 'gradient')).classes ?? []);
}

interface Attribute {
  readonly slot: string;
  readonly value: string;
}

function isKnown({ slot, value }: Attribute, { slots, valuesOf }: SlotTable): boolean {
  const known = findSlot(slot, slots);
  return known !== undefined && findValue(value, valuesOf.get(known)!) >= 0;
}

function withoutWords(tree: string): string {
  const trees = readBracketing(tree);
  if ('message' in trees) throw inputError(PARSES, `column ${trees.column} of ${tree}: ${trees.message}`);
  return writeBracketing(trees, ({ label }) => label);
}

/** Returns why the model cannot generate a text for a target, or undefined if it can. */
function obstacle({ fields: { slot, value, pos } }: Target, learned: SlotTable): string | undefined {
  if (Array.isArray(pos) && pos.length > MAX_WORDS) return `${pos.length} words, more than the ${MAX_WORDS} that fit the model`;
  if (typeof slot !== 'string' || typeof value !== 'string' || isKnown({ slot, value }, learned)) return undefined;
  return `the classifier of attributes has learned no ${slot} "${value}"`;
}

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
