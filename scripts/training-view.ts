import type { LogLine } from '../lib/train/log.js';
import type { StepRecord } from '../lib/train/loop.js';
import type { TrainingHooks } from '../lib/train/session.js';
import { type Progress, startProgress } from './progress.js';

/** Weight of the newest loss in the exponential moving average that is shown. */
const FRESH = 0.02;

/** Steps after which the time of all is estimated. */
const TIMED_STEPS = 10;

export interface TrainingView {
  readonly hooks: Pick<Required<TrainingHooks>, 'onStep' | 'onMeasure' | 'onEarlyStop'>;
  stop(): void;
  /** Returns a sentence about an early stop, or nothing. */
  ending(): string;
}

/**
 * Returns hooks that show a bar with loss and throughput, and a line for each measurement.
 *
 * @param perStep units per step
 */
export function trainingView(perStep: number, unit = 'tokens'): TrainingView {
  let shown: { progress: Progress; from: number; begin: number } | undefined;
  let loss: number | undefined;
  let ending = '';

  function onStep(record: StepRecord, steps: number): void {
    const now = performance.now();
    const { step } = record;
    loss = loss === undefined ? record.loss : (1 - FRESH) * loss + FRESH * record.loss;
    // The first step includes compilation, so the throughput leaves it out.
    shown ??= { progress: startProgress({ unit: 'steps', total: steps, from: step }), from: step, begin: now };
    const done = step - shown.from;
    if (done === TIMED_STEPS) shown.progress.print(describeTime((now - shown.begin) / 1000 / done, step, steps));
    const learned = done * perStep;
    const speed = learned > 0 ? `, ${Math.round(learned / ((now - shown.begin) / 1000))} ${unit}/s` : '';
    shown.progress.update(step, `loss ${loss.toFixed(3)}${speed}`);
  }

  return {
    hooks: {
      onStep,
      onMeasure: (line) => shown?.progress.print(describeMeasure(line)),
      onEarlyStop: (step, { bestStep }) => {
        ending = `Ended early at step ${step}: the validation was best at step ${bestStep}, of which the weights are. `;
      },
    },
    stop: () => shown?.progress.stop(),
    ending: () => ending,
  };
}

function describeTime(seconds: number, step: number, steps: number): string {
  const left = (seconds * (steps - step)) / 60;
  const minutes = left < 1 ? 'less than a minute' : `about ${Math.round(left)} minutes`;
  return `${TIMED_STEPS} steps took ${(seconds * TIMED_STEPS).toFixed(1)} s on this machine: the other ${steps - step} take ${minutes}, and measuring adds to that`;
}

function describeMeasure({ step, validation, perplexity, scores, samples }: LogLine): string {
  const losses = Object.values((validation ?? {}) as Record<string, number>);
  const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
  const shares = Object.entries((scores ?? {}) as Record<string, number>);
  const facts = [
    ...(losses.length > 0 ? [`validation ${mean.toFixed(3)} nats per token`] : []),
    ...(typeof perplexity === 'number' ? [`perplexity ${perplexity.toFixed(2)}`] : []),
    ...shares.map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`),
  ];
  const texts = (samples as string[] | undefined) ?? [];
  return [`step ${step}: ${facts.join(', ')}`, ...texts.map((text) => `  ${text}`)].join('\n');
}
