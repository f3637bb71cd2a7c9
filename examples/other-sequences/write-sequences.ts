// Writes train.csv and valid.csv to a folder: sequences of the letters A, C, G and T of random lengths. Each has one of two motifs at a random
// position, which its label names.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOTIFS: Readonly<Record<string, string>> = { ebox: 'CACGTG', tata: 'TATAAA' };
const SHORTEST = 10;
const LONGEST = 22;

/** Returns a generator of whole numbers from 0 to below `count` (mulberry32). */
function random(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
}

function sequence(label: string, below: (count: number) => number): string {
  const motif = MOTIFS[label]!;
  const length = SHORTEST + below(LONGEST - SHORTEST + 1);
  const letters = Array.from({ length: length - motif.length }, () => 'ACGT'[below(4)]!).join('');
  const at = below(letters.length + 1);
  const text = letters.slice(0, at) + motif + letters.slice(at);
  const found = Object.keys(MOTIFS).filter((name) => text.includes(MOTIFS[name]!));
  return found.length === 1 ? text : sequence(label, below); // a motif of the other kind by chance
}

function table(rows: number, below: (count: number) => number): string {
  const labels = Object.keys(MOTIFS);
  const lines = Array.from({ length: rows }, (_, i) => labels[i % labels.length]!).map(
    (label) => `${sequence(label, below)},${label}`,
  );
  return ['sequence,motif', ...lines, ''].join('\n');
}

const folder = process.argv[2] ?? 'data/sequences';
const below = random(1);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'train.csv'), table(4000, below));
writeFileSync(join(folder, 'valid.csv'), table(400, below));
