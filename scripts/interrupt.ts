import { INTERRUPTED } from './exit.js';

/**
 * A signal for work that can end cleanly. The first Ctrl-C (or SIGTERM) aborts it, so that the work saves what it has and throws
 * Interrupted; the second one exits at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    process.stderr.write('\nStopping after the step at hand. Once more ends at once and loses what was not saved.\n');
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return controller.signal;
}
