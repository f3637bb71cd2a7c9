import { colourOf } from './colours.js';
import { head, pause, range, seek } from './player.js';
import type { Frame, Track } from './run.js';

/** Size of a line's own coordinates; the page stretches them. */
const [WIDTH, HEIGHT] = [100, 30];

/** A line of a row: a value at each step. */
interface Line {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly isBranch: boolean;
}

/**
 * A row for each clause with its log-probability over the steps, and one for the entropy of the words. Lines of branches are dashed.
 * Heights are logarithmic, ln(1 + nats below 0), so that the last nats are as visible as the first hundred.
 */
export function Plots({
  track,
  labels,
  branches,
}: {
  track: Track;
  labels: readonly string[];
  branches: readonly (readonly [name: string, Track])[];
}) {
  const lines: Line[] = [
    { name: 'this text', frames: track.frames, isBranch: false },
    ...branches.map(([name, { frames }]) => ({ name, frames, isBranch: true })),
  ];
  const hasValue = (label: string) => lines.some(({ frames }) => frames.some(({ guides }) => guides[label] != null));
  return (
    <div class="plots">
      {labels.filter(hasValue).map((label) => (
        <Row
          key={label}
          name={label}
          colour={colourOf(label, labels)}
          lines={lines}
          unit="nats"
          of={({ guides }) => guides[label] ?? undefined}
        />
      ))}
      <Row name="entropy" colour="var(--soft)" lines={lines} unit="nats a word" of={meanEntropy} />
    </div>
  );
}

function meanEntropy({ words }: Frame): number | undefined {
  const known = words.flatMap(({ entropy }) => entropy ?? []);
  return known.length === 0 ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
}

const squeezed = (value: number): number => Math.sign(value) * Math.log1p(Math.abs(value));

function Row({
  name,
  colour,
  lines,
  unit,
  of,
}: {
  name: string;
  colour: string;
  lines: readonly Line[];
  unit: string;
  of: (frame: Frame) => number | undefined;
}) {
  const [first, last] = range.value;
  const x = (step: number) => ((step - first) / Math.max(1, last - first)) * WIDTH;
  const values = lines.flatMap(({ frames }) => frames.flatMap((frame) => of(frame) ?? [])).filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...values.map(squeezed)), Math.max(0, ...values.map(squeezed))];
  const y = (value: number) => HEIGHT - 2 - ((squeezed(value) - low) / (high - low || 1)) * (HEIGHT - 4);
  const now = lines[0]!.frames.findLast(({ step }) => step <= head.value);
  const said = now && of(now);
  const scrub = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    pause();
    seek(Math.round(first + ((event.clientX - left) / width) * (last - first)));
  };
  const path = ({ frames }: Line) => {
    const points = frames.flatMap((frame) => {
      const value = of(frame);
      return value === undefined || !Number.isFinite(value) ? [] : [`${x(frame.step).toFixed(2)} ${y(value).toFixed(2)}`];
    });
    return points.length === 0 ? '' : `M${points.join('L')}`;
  };
  const ends = values.length === 0 ? 'no value' : `from ${natsOf(values[0]!)} to ${natsOf(values.at(-1)!)} ${unit}`;
  return (
    <div class="plot" style={{ '--c': colour }}>
      <span class="name">{name}</span>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name} over the steps: ${ends}`}
        onPointerDown={scrub}
        onPointerMove={scrub}
      >
        <line class="zero" x1={0} x2={WIDTH} y1={y(0)} y2={y(0)} />
        <line class="head" x1={x(head.value)} x2={x(head.value)} y1={0} y2={HEIGHT} />
        {lines.map((line) => (
          <path key={line.name} class={line.isBranch ? 'branch' : undefined} d={path(line)} />
        ))}
      </svg>
      <output>{said === undefined ? '–' : natsOf(said)}</output>
    </div>
  );
}

export const natsOf = (nats: number): string =>
  nats
    .toFixed(2)
    .replace(/^-(?=0\.00$)/, '')
    .replace('-', '−');
