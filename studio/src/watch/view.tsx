import { copy } from '../results/copy.js';
import { Exports } from '../results/exports.js';
import { head, isPlaying, pause, play, runs, seek, selectedText, selectedWord, show, shown } from './player.js';
import type { Run, Track } from './run.js';
import { stop } from './start.js';
import { Text } from './text.js';
import { Timeline } from './timeline.js';

/** The texts of a run, from noise to what becomes of them. */
export function Watch() {
  const run = shown.value;
  return (
    <section class="watch" aria-labelledby="watch-title" onKeyDown={(event) => run && onKey(event, run)}>
      <header>
        <h2 id="watch-title">Texts</h2>
        <Runs />
        {run && <State run={run} />}
      </header>
      {run ? <Shown key={run.number} run={run} /> : <Empty />}
    </section>
  );
}

function Empty() {
  return (
    <div class="empty">
      <p>
        Every text begins as noise. <b>Run</b> to watch the words come out of it, under the controls that you composed.
      </p>
      <p class="note">Ctrl Enter runs. Then: Space plays, ← → step, j k go from text to text, y keeps, n drops, c copies.</p>
    </div>
  );
}

function Runs() {
  const all = runs.value.filter(({ origin }) => origin === undefined);
  if (all.length < 2) return null;
  return (
    <span class="choice" role="group" aria-label="Runs">
      {all.map((run, i) => (
        <button key={run.number} type="button" aria-pressed={run === shown.value} onClick={() => show(run)}>
          {i + 1}
        </button>
      ))}
    </span>
  );
}

function State({ run }: { run: Run }) {
  const state = run.state.value;
  const said = {
    waiting: 'waiting for the server …',
    running: 'running …',
    done: `${(run.ms / 1000).toFixed(1)} s`,
    stopped: 'stopped',
    failed: '',
  }[state];
  return (
    <span class="state" role="status">
      {said}
      {(state === 'running' || state === 'waiting') && (
        <button type="button" class="quiet" onClick={() => stop(run)}>
          Stop
        </button>
      )}
    </span>
  );
}

function Shown({ run }: { run: Run }) {
  void run.tick.value;
  return (
    <>
      {run.state.value === 'failed' && (
        <p class="failure" role="alert">
          {run.message}
        </p>
      )}
      <Timeline />
      <div class="texts">
        {run.tracks.map((track, i) => (
          <Text key={track.id} run={run} track={track} index={i} />
        ))}
      </div>
      <Exports run={run} />
    </>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement
    ? target.type !== 'range' && target.type !== 'radio' && target.type !== 'checkbox'
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** Keys that act while the focus is among the texts, so that they never take one from a field. */
function onKey(event: KeyboardEvent, run: Run): void {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const isOnControl =
    event.target instanceof HTMLInputElement || (event.target instanceof HTMLButtonElement && event.key === ' ');
  const focused = (event.target as Element).closest('[data-text]')?.getAttribute('data-text') ?? selectedText.value;
  const at = run.tracks.findIndex(({ id }) => id === focused);
  const act = actionOf(event.key, run, at, isOnControl);
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function actionOf(key: string, run: Run, at: number, isOnControl: boolean): (() => void) | undefined {
  const track = run.tracks[at];
  switch (key) {
    case ' ':
      return isOnControl ? undefined : () => (isPlaying.value ? pause() : play());
    case 'ArrowLeft':
    case 'ArrowRight':
      return isOnControl ? undefined : () => (pause(), seek(head.value + (key === 'ArrowRight' ? 1 : -1)));
    case 'j':
      return () => go(run, at + 1);
    case 'k':
      return () => go(run, Math.max(0, at - 1));
    case 'Escape':
      return () => (selectedWord.value = undefined);
    case 'y':
      return track && (() => decide(run, track, 'kept', at));
    case 'n':
      return track && (() => decide(run, track, 'dropped', at));
    case 'c':
      return track?.text && (() => void copy(track.text!.line.text));
    default:
      return undefined;
  }
}

/** Selects a text and moves the focus to it. */
function go(run: Run, at: number): void {
  const track = run.tracks[Math.min(at, run.tracks.length - 1)];
  if (track === undefined) return;
  selectedText.value = track.id;
  selectedWord.value = undefined;
  requestAnimationFrame(() => document.getElementById(`name-${track.id}`)?.focus());
}

/** Keeps or drops a finished text and goes on to the next. */
function decide(run: Run, track: Track, verdict: 'kept' | 'dropped', at: number): void {
  if (track.text === undefined) return;
  track.verdict = verdict;
  run.tick.value += 1;
  go(run, at + 1);
}
