import type { LogLine } from '../lib/train/log.js';
import type { StepRecord } from '../lib/train/loop.js';
import type { TrainingHooks } from '../lib/train/session.js';
import { startProgress, type Progress } from './progress.js';

/** Share of the newest loss in the running mean that is shown. */
const FRESH = 0.02;

export interface TrainingView {
  readonly hooks: Pick<Required<TrainingHooks>, 'onStep' | 'onMeasure'>;
  stop(): void;
}

/** A bar with loss and speed, and a line for each measurement. */
export function trainingView(tokensPerStep: number): TrainingView {
  let shown: { progress: Progress; from: number; begin: number } | undefined;
  let loss: number | undefined;

  function onStep(record: StepRecord, steps: number): void {
    const now = performance.now();
    const { step } = record;
    loss = loss === undefined ? record.loss : (1 - FRESH) * loss + FRESH * record.loss;
    // The first step holds the compilation: it is left out of the speed.
    shown ??= { progress: startProgress({ unit: 'steps', total: steps, from: step }), from: step, begin: now };
    const tokens = (step - shown.from) * tokensPerStep;
    const speed = tokens > 0 ? `, ${Math.round(tokens / ((now - shown.begin) / 1000))} tokens/s` : '';
    shown.progress.update(step, `loss ${loss.toFixed(3)}${speed}`);
  }

  return {
    hooks: { onStep, onMeasure: (line) => shown?.progress.print(describeMeasure(line)) },
    stop: () => shown?.progress.stop(),
  };
}

function describeMeasure({ step, validation, samples }: LogLine): string {
  const losses = Object.values((validation ?? {}) as Record<string, number>);
  const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
  const texts = (samples as string[] | undefined) ?? [];
  return [`step ${step}: validation ${mean.toFixed(3)} nats a token`, ...texts.map((text) => `  ${text}`)].join('\n');
}
