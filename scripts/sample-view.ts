import type { GuideResult, SampleLine } from '../lib/run/sample-line.js';

/** A text beside what was asked of it. Reference sentences of a target are left out: they are what the text is not to be. */
export function describeSample({ id, target, text, truncated, guides }: SampleLine): string {
  // Of a guide inside a group it is not said that it shall hold; a log-probability that is low is no hard fact that is broken.
  const isBroken = ({ holds, logProb, inside }: GuideResult) => holds === false && logProb === null && inside === undefined;
  const broken = Object.entries(guides).flatMap(([name, result]) => (isBroken(result) ? [`${name} does not hold`] : []));
  const notes = [...(truncated ? ['cut off'] : []), ...broken];
  return `${id}  ${askedOf(target)}\n     ${text}${notes.length === 0 ? '' : `  [${notes.join(', ')}]`}`;
}

export const askedOf = (target: SampleLine['target']): string =>
  Object.entries(target)
    .filter(([field]) => field !== 'words')
    .map(([field, value]) => `${field}: ${brief(value)}`)
    .join('; ');

function brief(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
