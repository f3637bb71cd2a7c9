import type { AugmentHooks, AugmentStage } from '../lib/augment/index.js';
import { bestThreads } from './best-threads.js';
import { startProgress } from './progress.js';
import { trainingView } from './training-view.js';

const STAGES: Readonly<Record<AugmentStage, string>> = {
  model: 'Fine-tuning the model on the rows',
  decoder: 'Training the language model on the rows',
  guide: 'Training the classifier of labels',
  texts: 'Generating texts',
};

/** Returns hooks that name each stage and show its progress on stderr. */
export function augmentView(signal: AbortSignal): { hooks: AugmentHooks; stop(): void } {
  let stop = (): void => undefined;
  let onStep: AugmentHooks['onStep'];
  let onProgress: AugmentHooks['onProgress'];
  const begin = (title: string): void => {
    stop();
    stop = () => undefined;
    process.stderr.write(`${title}\n`);
  };
  return {
    stop: () => stop(),
    hooks: {
      signal,
      bestThreads,
      onStage(stage) {
        begin(STAGES[stage]);
        if (stage === 'texts') return; // each round has a bar
        const view = trainingView(0); // batches differ by stage, so no throughput
        onStep = view.hooks.onStep;
        stop = view.stop;
      },
      onStep: (record, steps) => onStep?.(record, steps),
      onRound(round, wanted, kept) {
        const texts = wanted.reduce((sum, its) => sum + its.texts, 0);
        const labels = `${wanted.length} ${wanted.length === 1 ? 'label' : 'labels'}`;
        begin(`Round ${round}: ${texts} texts for ${labels} that lack rows; ${kept} rows so far`);
        let progress: ReturnType<typeof startProgress> | undefined;
        onProgress = (done, of) => {
          progress ??= startProgress({ unit: 'steps', total: of, from: done });
          progress.update(done);
        };
        stop = () => progress?.stop();
      },
      onProgress: (done, of) => onProgress?.(done, of),
    },
  };
}
