import { inputError, messageOf } from '../../lib/base/errors.js';
import { plain, statement } from '../../lib/judges/controls/stated-values.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { splitWords } from '../../lib/text/split-words.js';

/** Values with the same meaning: annotators often wrote one for the other. */
const ALIKE: readonly (readonly [string, string])[] = [
  ['cheap', 'less than £20'],
  ['moderate', '£20-25'],
  ['high', 'more than £30'],
  ['low', '1 out of 5'],
  ['average', '3 out of 5'],
  ['high', '5 out of 5'],
];

interface Row {
  readonly text: string;
  readonly slots: ReadonlyMap<string, string>;
}

/** Numbers of rows for one value of a slot. */
interface Counts {
  /** Rows whose meaning has the value. */
  rows: number;
  /** Of `rows`, those whose text states it. */
  stated: number;
  /** Of `rows`, those whose text states any value of the slot. */
  spoken: number;
  /** Of `rows`, those whose text states the value or one with the same meaning. */
  met: number;
  /** Rows whose meaning has the slot and whose text states the value. */
  fired: number;
  /** Of `fired`, those whose meaning has the value or one with the same meaning. */
  right: number;
}

/** Prints precision and recall of the attribute judge's surface forms on a CSV file with the columns `mr` and `ref`. */
async function main(args: readonly string[]): Promise<void> {
  if (args.length !== 1) throw inputError('arguments', 'expected: check-surface-forms CSV');
  const rows = await readRows(args[0]!);
  const valuesOf = new Map<string, Set<string>>();
  for (const { slots } of rows)
    for (const [slot, value] of slots) valuesOf.set(slot, (valuesOf.get(slot) ?? new Set<string>()).add(value));
  console.log('| slot | value | rows | recall, all rows | recall, rows that mention the slot | precision |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const [slot, values] of valuesOf) {
    const counts = countsOf(slot, [...values], rows);
    const total = [...counts.values()].reduce(added);
    if (values.size <= 10) for (const [value, one] of counts) console.log(line(slot, value, one));
    console.log(line(slot, 'all', total));
  }
}

async function readRows(path: string): Promise<Row[]> {
  const { rows } = await readCorpus(path, { column: 'ref', fields: { mr: 'mr' } });
  return rows.map(({ text, fields }) => ({
    text: plain(splitWords(text)),
    slots: new Map([...(fields?.['mr'] ?? '').matchAll(/([^,[\]]+)\[([^\]]*)\]/g)].map((m) => [m[1]!.trim(), m[2]!])),
  }));
}

function countsOf(slot: string, values: readonly string[], rows: readonly Row[]): Map<string, Counts> {
  const tests = values.map((value) => ({ value, states: statement(slot, value) }));
  const counts = new Map(values.map((value) => [value, { rows: 0, stated: 0, spoken: 0, met: 0, fired: 0, right: 0 }]));
  for (const { text, slots } of rows) {
    const meant = slots.get(slot);
    if (meant === undefined) continue;
    const stated = tests.filter(({ states }) => states(text)).map(({ value }) => value);
    const own = counts.get(meant)!;
    own.rows++;
    if (stated.includes(meant)) own.stated++;
    if (stated.length > 0) own.spoken++;
    if (stated.some((value) => alike(value, meant))) own.met++;
    for (const value of stated) {
      const fired = counts.get(value)!;
      fired.fired++;
      if (alike(value, meant)) fired.right++;
    }
  }
  return counts;
}

const alike = (a: string, b: string): boolean => a === b || ALIKE.some((pair) => pair.includes(a) && pair.includes(b));

const added = (a: Counts, b: Counts): Counts => ({
  rows: a.rows + b.rows,
  stated: a.stated + b.stated,
  spoken: a.spoken + b.spoken,
  met: a.met + b.met,
  fired: a.fired + b.fired,
  right: a.right + b.right,
});

function line(slot: string, value: string, { rows, stated, spoken, met, fired, right }: Counts): string {
  return `| ${[slot, value, rows, percent(stated, rows), percent(met, spoken), percent(right, fired)].join(' | ')} |`;
}

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : (100 * (part / whole)).toFixed(1));

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
