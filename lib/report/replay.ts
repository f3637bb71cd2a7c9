import { styleText } from 'node:util';
import { printable } from '../base/printable.js';
import type { Trace, TraceStep } from '../run/trace.js';

export interface ReplayOptions {
  /** Characters per line. */
  readonly width: number;
  readonly colour: boolean;
}

/** Entropy in nats from which a word is dim, and from which dots replace it: that of two, and of five, equally likely words. */
const [OPEN, UNKNOWN] = [0.7, 1.6];
const BAR = 16;
/** Log-probability in nats at which the bar of a guide is empty, unless a step has a lower one. */
const EMPTY = -10;
/** Steps of a replay in plain lines. */
const PLAIN_STEPS = 10;

/** Returns a trace as terminal frames, one per step, all of the same number of lines. */
export function replayFrames({ id, steps }: Trace, options: ReplayOptions): string[][] {
  const scales = scalesOf(steps);
  const frames = steps.map((step, at) => ({
    head: cut(headOf(id, step, at, steps.length), options),
    text: wrapped(step, options),
    guides: guideLines(step, scales).map((line) => cut(line, options)),
  }));
  const height = Math.max(...frames.map(({ text }) => text.length));
  return frames.map(({ head, text, guides }) => [
    head,
    '',
    ...text,
    ...Array.from({ length: height - text.length }, () => ''),
    '',
    ...guides,
  ]);
}

/** Returns a trace as plain lines: evenly spaced steps, the first and the last among them. */
export function replayLines({ id, steps }: Trace): string[] {
  const last = steps.length - 1;
  const shown = [...new Set(Array.from({ length: PLAIN_STEPS }, (_, i) => Math.round((i * last) / (PLAIN_STEPS - 1))))];
  return [
    `${printable(id)}: ${steps.length} reverse steps; dots replace words whose entropy is above ${UNKNOWN} nats`,
    ...shown.map((at) => {
      const step = steps[at]!;
      const guides = Object.entries(step.guides).map(([label, logProb]) => `${printable(label)} ${natsOf(logProb)}`);
      const facts = [`noise ${step.time.toFixed(2)}`, `entropy ${meanOf(step.entropy).toFixed(2)}`, ...guides];
      return `${String(at + 1).padStart(String(steps.length).length)}  ${facts.join('  ')}\n    ${wordsOf(step).join(' ')}`;
    }),
  ];
}

function headOf(id: string, { time, entropy }: TraceStep, at: number, of: number): string {
  const step = `step ${String(at + 1).padStart(String(of).length)} of ${of}`;
  return `${printable(id)}  ${step}  ${bar((at + 1) / of)}  noise ${time.toFixed(2)}  ${meanOf(entropy).toFixed(2)} nats per word`;
}

/** Cuts a line to the width: a line that wraps would break the redrawing. */
const cut = (line: string, { width }: ReplayOptions): string => line.slice(0, width);

/** Returns the words of a step, with dots for those of high entropy. */
const wordsOf = ({ tokens, entropy }: TraceStep): string[] =>
  tokens.map((token, i) => (entropy[i]! < UNKNOWN ? printable(token) : '·'.repeat(Math.max(2, token.length))));

/** Wraps the text of a step into lines, uncertain words dim. */
function wrapped(step: TraceStep, { width, colour }: ReplayOptions): string[] {
  const lines: string[][] = [[]];
  let used = 0;
  wordsOf(step).forEach((whole, i) => {
    const word = whole.slice(0, width);
    if (used > 0 && used + 1 + word.length > width) {
      lines.push([]);
      used = 0;
    }
    used += word.length + (used > 0 ? 1 : 0);
    lines.at(-1)!.push(colour && step.entropy[i]! >= OPEN ? styleText('dim', word, { validateStream: false }) : word);
  });
  return lines.map((words) => words.join(' '));
}

interface Scale {
  readonly min: number;
  readonly max: number;
}

/** Returns the range of each guide's bar, in nats. Rewards may be above 0. */
function scalesOf(steps: readonly TraceStep[]): ReadonlyMap<string, Scale> {
  const labels = Object.keys(steps[0]?.guides ?? {});
  return new Map(
    labels.map((label) => {
      const values = steps.flatMap(({ guides }) => guides[label] ?? []);
      return [label, { min: Math.min(EMPTY, ...values), max: Math.max(0, ...values) }];
    }),
  );
}

function guideLines({ guides }: TraceStep, scales: ReadonlyMap<string, Scale>): string[] {
  const wide = Math.max(0, ...[...scales.keys()].map((label) => label.length));
  return [...scales].map(([label, { min, max }]) => {
    const logProb = guides[label] ?? null;
    const share = logProb === null ? 0 : (logProb - min) / (max - min);
    return `${printable(label).padEnd(wide)}  ${bar(share)}  ${natsOf(logProb)}`;
  });
}

const natsOf = (logProb: number | null): string =>
  logProb === null ? 'none' : `${logProb.toFixed(2).replace(/^-(?=0\.00$)/, '')} nats`;

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);

/** @param share 0 to 1 */
function bar(share: number): string {
  const filled = Math.round(share * BAR);
  return '█'.repeat(filled) + '░'.repeat(BAR - filled);
}
