import { printable } from '../lib/base/printable.js';
import type { GuideResult, SampleLine } from '../lib/run/sample-line.js';

/** Returns a text, in lines if it is verse, with its target, without the reference sentences: they do not constrain the text. */
export function describeSample({ id, target, text, truncated, guides }: SampleLine): string {
  // A guide inside a group need not hold, and a low log-probability breaks no hard constraint.
  const isBroken = ({ holds, logProb, inside }: GuideResult) => holds === false && logProb === null && inside === undefined;
  const broken = Object.entries(guides).flatMap(([name, result]) => (isBroken(result) ? [`${name} does not hold`] : []));
  const notes = [...(truncated ? ['cut off'] : []), ...broken];
  const verse = Object.values(guides).find(({ lines }) => lines !== undefined)?.lines ?? [text];
  const shown = verse.map(printable).join('\n     ');
  return `${id}  ${describeTarget(target)}\n     ${shown}${notes.length === 0 ? '' : `  [${printable(notes.join(', '))}]`}`;
}

export const describeTarget = (target: SampleLine['target']): string =>
  Object.entries(target)
    .filter(([field]) => field !== 'words')
    .map(([field, value]) => printable(`${field}: ${brief(value)}`))
    .join('; ');

function brief(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
