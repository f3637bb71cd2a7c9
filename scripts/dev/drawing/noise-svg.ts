import { framesOf, TAG_SIZE, wordRuns, type NoiseFrame, type WordRun } from './noise-frames.js';
import type { Trace } from '../../../lib/run/trace.js';

/** A text to draw: its trace and what was asked for. */
export interface NoisyText {
  readonly trace: Trace;
  /** Tags below the words, one for each position; empty if none were asked for. */
  readonly tags: readonly string[];
  /** Returns whether the word at a position was given. */
  readonly isGiven: (position: number) => boolean;
}

const FRAMES = 32;
const SECONDS = 16;
/** Shares of a cycle: the reverse steps end, then the text starts to fade out. */
const SETTLED = 0.68;
const STANDS_UNTIL = 0.96;
/** Share of the time between two frames in which the words of the first give way to those of the second. */
const CHANGE = 0.45;

const FONT = 17;
const LETTER = FONT * 0.6; // the advance of every letter in the monospaced fonts below
const MARGIN = 28;
const TOP = 62;
const LINE = 62;
const BAR = 120;

/** Draws texts emerging from noise: an SVG animated by CSS, which stays still for readers who prefer reduced motion. */
export function drawNoise(texts: readonly NoisyText[]): string {
  const frames = texts.map(({ trace, tags }) => framesOf(trace, tags, FRAMES));
  const widest = Math.max(...frames.flat().map(endOf));
  const width = Math.ceil(2 * MARGIN + widest * LETTER);
  const height = TOP + texts.length * LINE;
  const animations = new Animations();
  const bar = progressBar(width, animations);
  const lines = texts.map((text, i) => lineOf(text, frames[i]!, TOP + i * LINE + 8, animations));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(titleOf(texts))}</title>`,
    `<style>${STYLE}${animations.css()}</style>`,
    `<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="12"/>`,
    bar,
    ...lines.flat(),
    '</svg>\n',
  ].join('\n');
}

const STYLE = [
  `.card{fill:#fbfbfa;stroke:#d9d9d6}text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}`,
  `.w{font-size:${FONT}px;fill:#1c2330}.g{fill:#0b6e63}.t{font-size:${FONT * TAG_SIZE}px;fill:#7b8494}.c{font-size:11.5px;fill:#7b8494}`,
  `.track{fill:#e6e6e2}.done{fill:#0b6e63;transform-origin:0 0}.off{opacity:0}`,
  `.a{animation:${SECONDS}s linear infinite}`,
  `@media(prefers-color-scheme:dark){.card{fill:#14181f;stroke:#2d3440}.w{fill:#e8ebf0}.g{fill:#6fd3c4}.t,.c{fill:#8a94a6}`,
  `.track{fill:#2a313c}.done{fill:#6fd3c4}}`,
  `@media(prefers-reduced-motion:reduce){.a{animation:none!important}}`,
].join('');

const endOf = ({ words }: NoiseFrame): number => Math.max(0, ...words.map(({ word, at }) => at + word.length));

const titleOf = (texts: readonly NoisyText[]): string =>
  `Texts coming out of noise: ${texts.map(({ trace }) => trace.steps.at(-1)!.tokens.join(' ')).join(' / ')}`;

/** Keyframes, each named once; equal ones are shared. */
class Animations {
  readonly #names = new Map<string, string>();

  name(keyframes: string): string {
    const known = this.#names.get(keyframes) ?? `k${this.#names.size.toString(36)}`;
    this.#names.set(keyframes, known);
    return known;
  }

  css(): string {
    return [...this.#names].map(([keyframes, name]) => `@keyframes ${name}{${keyframes}}`).join('');
  }
}

function progressBar(width: number, animations: Animations): string {
  const name = animations.name(`0%{transform:scaleX(0)}${percent(SETTLED)}{transform:scaleX(1)}to{transform:scaleX(1)}`);
  const right = width - MARGIN;
  const x = right - BAR;
  return [
    `<text class="c" x="${MARGIN}" y="32">given words <tspan class="g">stay</tspan>; the tags below are what the other words have to be</text>`,
    `<text class="c" x="${x - 10}" y="32" text-anchor="end">noise</text>`,
    `<rect class="track" x="${x}" y="26" width="${BAR - 38}" height="4" rx="2"/>`,
    `<g transform="translate(${x} 26)"><rect class="done a" style="animation-name:${name}" width="${BAR - 38}" height="4" rx="2"/></g>`,
    `<text class="c" x="${right}" y="32" text-anchor="end">text</text>`,
  ].join('\n');
}

function lineOf({ tags, isGiven }: NoisyText, frames: readonly NoiseFrame[], y: number, animations: Animations): string[] {
  const words = wordRuns(frames).map((run) => {
    const name = animations.name(keyframesOf(run));
    const end = run.drawn.at(-1)!;
    const isLast = run.first + run.drawn.length === frames.length;
    const classes = ['w', isGiven(run.position) ? ' g' : '', isLast ? '' : ' off', ' a'].join('');
    return `<text class="${classes}" style="animation-name:${name}" x="${pixels(end.at)}" y="${y}">${escaped(run.word)}</text>`;
  });
  const below = tags.map((tag, position) => {
    const at = frames.at(-1)!.words[position]?.at ?? 0;
    const name = animations.name(tagKeyframes(frames, position, at));
    return `<text class="t a" style="animation-name:${name}" x="${pixels(at)}" y="${y + 17}">${escaped(tag)}</text>`;
  });
  return [...words, ...below];
}

/** Fades a run of a word in and out, and moves it as the words before it change. Its text element is at the position where the run ends. */
function keyframesOf({ first, drawn }: WordRun): string {
  const end = drawn.at(-1)!.at;
  const next = first + drawn.length;
  const before = stop(changeBefore(first), 0, drawn[0]!.at - end);
  const stops = drawn.flatMap(({ at, settled }, i) => held(first + i, 0.16 + 0.84 * settled ** 1.5, at - end));
  const after = next === FRAMES ? [stop(STANDS_UNTIL, 1, 0), stop(1, 0, 0)] : [stop(timeOf(next), 0, 0)];
  return distinct([before, ...stops, ...after]);
}

function tagKeyframes(frames: readonly NoiseFrame[], position: number, end: number): string {
  const moves = frames.map(({ words }) => (words[position]?.at ?? end) - end);
  const stops = moves.flatMap((move, frame) => held(frame, 1, move));
  return distinct([stop(0, 0, moves[0]!), ...stops, stop(STANDS_UNTIL, 1, 0), stop(1, 0, 0)]);
}

/** Returns two stops between which a frame does not change. */
const held = (frame: number, opacity: number, move: number): Stop[] =>
  [timeOf(frame), frame === FRAMES - 1 ? STANDS_UNTIL : changeBefore(frame + 1)].map((time) => stop(time, opacity, move));

interface Stop {
  readonly time: number;
  readonly style: string;
}

const stop = (time: number, opacity: number, move: number): Stop => ({
  time,
  style: `opacity:${short(opacity)};transform:translateX(${short(move * LETTER)}px)`,
});

/** Leaves out stops between two equal ones; the ends of the cycle are stops too. */
function distinct(stops: readonly Stop[]): string {
  const whole = [...(stops[0]!.time > 0 ? [{ ...stops[0]!, time: 0 }] : []), ...stops];
  if (whole.at(-1)!.time < 1) whole.push({ ...whole.at(-1)!, time: 1 });
  const kept = whole.filter(
    ({ style }, i) => i === 0 || i === whole.length - 1 || style !== whole[i - 1]!.style || style !== whole[i + 1]!.style,
  );
  return kept.map(({ time, style }) => `${percent(time)}{${style}}`).join('');
}

/** Returns when a frame is reached, as a share of the cycle. The first comes after the fade-in. */
const timeOf = (frame: number): number => 0.03 + ((SETTLED - 0.03) * frame) / (FRAMES - 1);

const changeBefore = (frame: number): number => (frame === 0 ? 0 : timeOf(frame) - CHANGE * (timeOf(frame) - timeOf(frame - 1)));

const short = (value: number): string => String(Number(value.toFixed(2))).replace(/^(-?)0\./, '$1.');
const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
const pixels = (letters: number): string => short(MARGIN + letters * LETTER);
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
