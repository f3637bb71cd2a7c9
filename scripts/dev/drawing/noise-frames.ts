import type { Trace } from '../../../lib/run/trace.js';

/** One reverse step of a text as it is drawn. */
export interface NoiseFrame {
  readonly words: readonly DrawnWord[];
}

export interface DrawnWord {
  readonly word: string;
  /** Left edge, in characters from the start of the line. */
  readonly at: number;
  /** From 0 (any word is possible) to 1 (settled). */
  readonly settled: number;
}

/** Entropy, in nats, from which a word has its palest shade. */
const PALEST = 3;
/** Width of a tag's letter, as a share of that of a word's letter. */
export const TAG_SIZE = 0.58;

/**
 * Returns the frames of a trace, evenly spaced over its reverse steps, the first and the last step among them. Each position is as
 * wide as its word or as the tag below it, whichever is wider.
 */
export function framesOf({ steps }: Trace, tags: readonly string[], count: number): NoiseFrame[] {
  return Array.from({ length: count }, (_, k) => {
    const { tokens, entropy } = steps[Math.round((k * (steps.length - 1)) / (count - 1))]!;
    let at = 0;
    const words = tokens.map((word, i) => {
      const drawn = { word, at, settled: 1 - Math.min(entropy[i]!, PALEST) / PALEST };
      at += Math.max(word.length, (tags[i] ?? '').length * TAG_SIZE) + 1;
      return drawn;
    });
    return { words };
  });
}

/** Consecutive frames in which a position holds one word. */
export interface WordRun {
  readonly position: number;
  readonly word: string;
  readonly first: number;
  /** One for each frame of the run. */
  readonly drawn: readonly DrawnWord[];
}

/** Splits frames into runs of the same word at the same position. */
export function wordRuns(frames: readonly NoiseFrame[]): WordRun[] {
  const longest = Math.max(...frames.map(({ words }) => words.length));
  return Array.from({ length: longest }, (_, position) => runsAt(frames, position)).flat();
}

function runsAt(frames: readonly NoiseFrame[], position: number): WordRun[] {
  const runs: { position: number; word: string; first: number; drawn: DrawnWord[] }[] = [];
  frames.forEach(({ words }, frame) => {
    const drawn = words[position];
    if (drawn === undefined) return;
    const last = runs.at(-1);
    if (last?.word === drawn.word && last.first + last.drawn.length === frame) last.drawn.push(drawn);
    else runs.push({ position, word: drawn.word, first: frame, drawn: [drawn] });
  });
  return runs;
}
