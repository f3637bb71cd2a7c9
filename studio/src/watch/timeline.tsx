import { head, isPlaying, pause, play, range, seek, shading, shown } from './player.js';
import { Choice } from '../compose/fields.js';

const SHADINGS = [
  ['fade', 'fade'],
  ['tint', 'tint'],
] as const;

/** Plays, pauses and scrubs through the reverse steps of all texts at once. */
export function Timeline() {
  const run = shown.value;
  const [first, last] = range.value;
  if (run?.plan === undefined) return null;
  void run.tick.value;
  const time = run.tracks.flatMap(({ frames }) => frames.find(({ step }) => step === head.value)?.time ?? []).at(0);
  const said =
    head.value >= last
      ? 'the finished texts'
      : `step ${head.value + 1} of ${run.plan.steps.of}${time === undefined ? '' : `, noise ${time.toFixed(2)}`}`;
  return (
    <div class="timeline" role="group" aria-label="Reverse steps">
      <button
        type="button"
        class="play"
        aria-label={isPlaying.value ? 'Pause' : 'Play'}
        onClick={() => (isPlaying.value ? pause() : play())}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          {isPlaying.value ? <path d="M4 3h3v10H4zM9 3h3v10H9z" /> : <path d="M4.5 2.5v11L13 8z" />}
        </svg>
      </button>
      <input
        type="range"
        aria-label="Reverse step"
        aria-valuetext={said}
        min={first}
        max={last}
        value={head.value}
        onInput={(event) => (pause(), seek(event.currentTarget.valueAsNumber))}
      />
      <output>{said}</output>
      <Choice
        label="How words show their entropy"
        value={shading.value}
        options={SHADINGS}
        onValue={(next) => (shading.value = next)}
      />
    </div>
  );
}
