import { computed, effect, signal } from '@preact/signals';
import type { Run } from './run.js';

/** All runs of this visit, the newest last; branches are among them. */
export const runs = signal<readonly Run[]>([]);

/** The run that is shown. */
export const shown = signal<Run | undefined>(undefined);

/** The text and the word in it that are looked at. */
export const selectedText = signal<string | undefined>(undefined);
export const selectedWord = signal<number | undefined>(undefined);

/** The step that is shown; one more than the last step is the finished text. */
export const head = signal(0);
export const isPlaying = signal(false);
/** Whether the head follows the steps of a run as they come. */
const isLive = signal(true);
/** How words show their entropy. */
export const shading = signal<'fade' | 'tint'>('fade');

export const branchesOf = (run: Run, text: string): readonly Run[] =>
  runs.value.filter(({ origin }) => origin?.text === text && (origin.run === run || isFrom(origin.run, run)));

const isFrom = (run: Run, ancestor: Run): boolean =>
  run.origin !== undefined && (run.origin.run === ancestor || isFrom(run.origin.run, ancestor));

/** The first step of the shown run and the position of its finished text. */
export const range = computed<readonly [first: number, last: number]>(() => {
  const run = shown.value;
  void run?.tick.value;
  return run?.plan === undefined ? [0, 1] : [run.plan.steps.first, run.plan.steps.last + 1];
});

/** The run whose steps the head follows as they come: the shown one, or a branch that grows. */
const followed = signal<Run | undefined>(undefined);

/** Follows the steps of a run as they come. */
export function follow(run: Run): void {
  isPlaying.value = false;
  followed.value = run;
  isLive.value = true;
}

/** The newest step of the run that is followed. */
const newest = computed(() => {
  const run = followed.value;
  if (run === undefined) return 0;
  void run.tick.value;
  return Math.max(run.origin?.step ?? 0, ...run.tracks.map(({ frames }) => frames.at(-1)?.step ?? 0));
});

effect(() => {
  if (isLive.value) head.value = newest.value;
});

export function seek(step: number): void {
  const [first, last] = range.value;
  isLive.value = false;
  head.value = Math.max(first, Math.min(last, step));
}

/** Milliseconds that a whole run plays. */
const PLAY_MS = 7000;

export function play(): void {
  const [first, last] = range.value;
  if (head.value >= last) head.value = first;
  isLive.value = false;
  isPlaying.value = true;
}

export const pause = (): void => void (isPlaying.value = false);

effect(() => {
  if (!isPlaying.value) return;
  const timer = setInterval(
    () => {
      const [, last] = range.peek();
      if (head.peek() >= last) isPlaying.value = false;
      else head.value = Math.min(last, head.peek() + 1);
    },
    PLAY_MS / Math.max(1, range.peek()[1] - range.peek()[0]),
  );
  return () => clearInterval(timer);
});

/** Shows a run and follows its steps. */
export function show(run: Run): void {
  shown.value = run;
  selectedText.value = undefined;
  selectedWord.value = undefined;
  follow(run);
}
