import { batch, signal } from '@preact/signals';
import type {
  GenerateEvent,
  GenerateRequest,
  JudgedClause,
  PlanEvent,
  PlannedText,
  StepEvent,
  StepText,
  StepWord,
  TextEvent,
} from 'diffusteer/client';

/** A text after a reverse step, or the finished text. */
export interface Frame {
  readonly step: number;
  /** Noise level; 0 for the finished text. */
  readonly time: number;
  readonly words: readonly ShownWord[];
  /** Log-probability of each clause, nats, by label. */
  readonly guides: Readonly<Record<string, number | null>>;
}

/** A word of a frame; a finished text has nothing but the word. */
export type ShownWord = Pick<StepWord, 'word'> & Partial<StepWord>;

/** A text of a run, from noise to what the judges say of it. */
export interface Track extends PlannedText {
  readonly frames: Frame[];
  /** The candidate that the frames belong to, from 0. */
  candidate: number;
  text?: TextEvent;
  verdict?: 'kept' | 'dropped' | undefined;
}

/** A branch's origin and what it changes, in words. */
export interface Origin {
  readonly run: Run;
  readonly text: string;
  readonly step: number;
  readonly changes: readonly string[];
}

export type RunState = 'waiting' | 'running' | 'done' | 'stopped' | 'failed';

let count = 0;

/** A request and everything that the server said in answer. */
export class Run {
  readonly number = (count += 1);
  readonly state = signal<RunState>('waiting');
  /** Rises with every event, so that what reads it is drawn again. */
  readonly tick = signal(0);
  readonly tracks: Track[] = [];
  plan?: PlanEvent;
  message = '';
  ms = 0;
  private readonly byId = new Map<string, Track>();

  constructor(
    readonly request: GenerateRequest,
    readonly origin?: Origin,
  ) {}

  /** Labels of the clauses that have results. */
  get labels(): string[] {
    return this.plan?.guides.map(({ label }) => label) ?? [];
  }

  take(event: GenerateEvent): void {
    batch(() => {
      this.apply(event);
      this.tick.value += 1;
    });
  }

  fail(message: string): void {
    this.message = message;
    this.state.value = 'failed';
  }

  private apply(event: GenerateEvent): void {
    switch (event.event) {
      case 'plan':
        this.plan = event;
        for (const planned of event.texts) this.byId.set(planned.id, { ...planned, frames: [], candidate: 0 });
        this.tracks.push(...this.byId.values());
        this.state.value = 'running';
        return;
      case 'step':
        for (const text of event.texts) this.addFrame(event, text);
        return;
      case 'text':
        this.finish(event);
        return;
      case 'done':
        this.ms = event.ms;
        this.state.value = 'done';
        return;
      case 'problems':
        return this.fail(event.problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; '));
      case 'error':
        return this.fail(event.message);
    }
  }

  /** Adds a frame. Those of another candidate make room for it. */
  private addFrame({ step, time }: StepEvent, { id, words, guides, candidate }: StepText): void {
    const track = this.byId.get(id);
    if (track === undefined) return;
    const isNext = track.candidate === candidate && step > (track.frames.at(-1)?.step ?? -1);
    if (!isNext) track.frames.length = 0;
    track.candidate = candidate;
    track.frames.push({ step, time, words, guides });
  }

  private finish(event: TextEvent): void {
    const track = this.byId.get(event.line.id);
    if (track === undefined) return;
    track.text = event;
    const guides = Object.fromEntries(Object.entries(event.line.guides).map(([label, { logProb }]) => [label, logProb]));
    const words = event.line.tokens.map((word) => ({ word }));
    track.frames.push({ step: (this.plan?.steps.last ?? -1) + 1, time: 0, words, guides });
  }
}

/** Returns the frame of a text at a step: that of the step or the nearest one before it. */
export function frameAt({ frames }: Track, step: number): Frame | undefined {
  return frames.findLast((frame) => frame.step <= step) ?? frames[0];
}

/** Returns the judge's verdict of each clause of a finished text. */
export const judgedOf = ({ text }: Track): readonly (readonly [label: string, JudgedClause])[] =>
  Object.entries(text?.judged ?? {});
