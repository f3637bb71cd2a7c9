import { editDistance } from './edit-distance.js';

/**
 * Returns the known name that was probably meant.
 *
 * @returns undefined if none is near: at most a third of the letters, or two, may differ
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(name.length / 3));
  const letters = lettersOf(name);
  const [best] = known
    .filter((candidate) => Math.abs(candidate.length - name.length) <= limit) // also bounds the work on a very long name
    .map((candidate) => ({ candidate, ...editDistance(letters, lettersOf(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= limit && best.distance < name.length ? best.candidate : undefined;
}

const lettersOf = (name: string): string[] => name.toLowerCase().split('');
