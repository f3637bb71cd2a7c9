import { INTERRUPTED } from './exit.js';

/**
 * Returns a signal for work that can stop cleanly. The first Ctrl-C (or SIGTERM, or SIGHUP of a closed terminal) aborts it, so that the work saves its state and throws
 * Interrupted; the second one exits at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('\nStopping after the current step. Press Ctrl-C again to exit at once and lose unsaved work.\n');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  return controller.signal;
}
