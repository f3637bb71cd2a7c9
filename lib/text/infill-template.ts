import { InputError, type Problem } from '../base/errors.js';
import { splitSpaces, splitWords } from './split-words.js';

/** A gap with a variable number of words; `max` may be Infinity. */
export interface FreeGap {
  readonly min: number;
  readonly max: number;
}

/** A text with gaps: one slot per word or free gap, null for any one word. */
export interface InfillTemplate {
  readonly slots: readonly (string | null | FreeGap)[];
  /** Whether words may follow the last slot; otherwise the text ends there. */
  readonly open: boolean;
}

/** Returns whether every slot is one word, so that all positions are known. */
export const isFixed = (slots: InfillTemplate['slots']): slots is readonly (string | null)[] =>
  slots.every((slot) => slot === null || typeof slot === 'string');

/** Longest gap and longest template, words: longer than any sequence, and small in memory. */
const LONGEST_GAP = 4096;
const GAP = /^_(?::(\d+)(?:(-)(\d+)?)?)?$/;
/** A gap with signs around it and no spaces between, as in `(_:2),`. */
const GAP_AMONG_SIGNS = /^([^\p{L}\p{N}_\\]*)(_(?::\d+(?:-\d*)?)?)([^\p{L}\p{N}_]*)$/u;

/**
 * Reads a template such as `The _ is _:2 near the river ...`: `_` is a gap of one word, `_:3` a gap of three, `_:2-4` of two to four,
 * `_:2-` of two or more, and `...` or `*` of any number. `\_`, `\...` and `\*` are the words themselves.
 *
 * @param template an array of items, one word or gap each, or a string of items with spaces between them
 * @param split how the model's tokenizer splits a run without spaces into words
 * @throws InputError with every problem, at `/3` for the fourth item of an array and at '' for a string
 */
export function parseInfillTemplate(
  template: string | readonly string[],
  split: (text: string) => readonly string[] = splitWords,
): InfillTemplate {
  const { parsed, problems } = readTemplate(template, split);
  if (problems.length > 0) throw new InputError('template', problems);
  return parsed;
}

/** Returns what is wrong with a template; paths as in `parseInfillTemplate`. */
export function infillTemplateProblems(template: unknown, split: (text: string) => readonly string[] = splitWords): Problem[] {
  const isTemplate =
    typeof template === 'string' || (Array.isArray(template) && template.every((item) => typeof item === 'string'));
  if (!isTemplate)
    return [{ path: '', message: 'expected a string or an array of strings, such as "The _ is _:2 near the river ..."' }];
  return readTemplate(template, split).problems;
}

function readTemplate(
  template: string | readonly string[],
  split: (text: string) => readonly string[],
): { parsed: InfillTemplate; problems: Problem[] } {
  const fromText = typeof template === 'string';
  const items = fromText ? itemsOf(template, split) : template;
  const open = items.at(-1) === '...' || items.at(-1) === '*';
  const problems: Problem[] = [];
  const size = items.reduce((sum, item) => sum + lengthOf(item), 0);
  if (size > LONGEST_GAP) {
    const message = `expected at most ${LONGEST_GAP} words and gaps in all, got ${size}`;
    return { parsed: { slots: [], open }, problems: [{ path: '', message }] };
  }
  const slots = (open ? items.slice(0, -1) : items).flatMap((item, i): InfillTemplate['slots'][number][] => {
    const gap = gapOf(item);
    const complaint = gap ? problemOfGap(item, gap) : problemOfWord(item);
    if (complaint === undefined)
      return gap === undefined ? [unescaped(item)] : gap.min === gap.max ? Array<null>(gap.min).fill(null) : [gap];
    problems.push({ path: fromText ? '' : `/${i}`, message: complaint });
    return [];
  });
  if (problems.length === 0 && slots.every((slot) => typeof slot !== 'string'))
    problems.push({
      path: '',
      message: 'expected at least one given word; use the length control for a text of gaps alone',
    });
  return { parsed: { slots, open }, problems };
}

/**
 * Splits a string into items. The signs around a gap are split off; a piece with another `_` or a `\` and the sign for an open end stay
 * whole; the rest is split into words.
 */
function itemsOf(text: string, split: (text: string) => readonly string[]): string[] {
  return splitSpaces(text).flatMap((piece) => {
    const [, before, gap, after] = GAP_AMONG_SIGNS.exec(piece) ?? [];
    if (gap !== undefined) return [...(before ? split(before) : []), gap, ...(after ? split(after) : [])];
    return /[_\\]/.test(piece) || piece === '...' || piece === '*' ? [piece] : split(piece);
  });
}

function gapOf(item: string): FreeGap | undefined {
  if (item === '...' || item === '*') return { min: 0, max: Infinity };
  const gap = GAP.exec(item);
  if (gap === null) return undefined;
  const [, least = '1', dash, most] = gap;
  return { min: Number(least), max: dash === undefined ? Number(least) : most === undefined ? Infinity : Number(most) };
}

/** Returns the slots that an item takes, one for a wrong item. */
function lengthOf(item: string): number {
  const gap = gapOf(item);
  return gap && problemOfGap(item, gap) === undefined ? Math.max(1, gap.min) : 1;
}

function problemOfGap(item: string, { min, max }: FreeGap): string | undefined {
  if (min > max) return `"${item}": expected the smaller number of words first`;
  const longest = max === Infinity ? min : max;
  return longest >= 1 - Number(max === Infinity) && longest <= LONGEST_GAP
    ? undefined
    : `"${item}": expected a gap of 1 to ${LONGEST_GAP} words`;
}

function problemOfWord(item: string): string | undefined {
  if (item === '' || /\s/u.test(item)) return `"${item}": expected one word per item, without spaces`;
  if (item.startsWith('_'))
    return `"${item}": expected _ for a gap of one word, _:3 for a gap of three or _:2-4 for one of two to four; write \\${item} for the word itself`;
  return undefined;
}

const unescaped = (item: string): string => (/^\\(_|\.\.\.$|\*$)/.test(item) ? item.slice(1) : item);
