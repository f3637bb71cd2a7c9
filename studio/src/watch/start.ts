import type { GenerateRequest } from 'diffusteer/client';
import { messageOf, noteFailure, server } from '../server/session.js';
import { follow, runs, show } from './player.js';
import { type Origin, Run } from './run.js';

/** Most reverse steps of a run that are reported, so that a long one does not fill the memory of the page. */
const MOST_FRAMES = 120;

const aborts = new Map<Run, AbortController>();

/** Starts a run. A branch appears next to the text that it departs from; any other run is shown. */
export function start(request: GenerateRequest, origin?: Origin): Run {
  const run = new Run(request, origin);
  runs.value = [...runs.value, run];
  if (origin === undefined) show(run);
  else follow(run);
  void receive(run);
  return run;
}

/** Stops a run; its finished texts stay. */
export const stop = (run: Run): void => aborts.get(run)?.abort();

async function receive(run: Run): Promise<void> {
  const abort = new AbortController();
  aborts.set(run, abort);
  const steps = (run.request['sampler'] as { steps?: number } | undefined)?.steps ?? 0;
  try {
    for await (const event of server.generate(run.request, {
      every: Math.max(1, Math.ceil(steps / MOST_FRAMES)),
      top: 5,
      signal: abort.signal,
    }))
      run.take(event);
    if (run.state.value === 'running' || run.state.value === 'waiting')
      run.fail('The server broke off. Run again when it is back.');
  } catch (error) {
    if (abort.signal.aborted) run.state.value = 'stopped';
    else {
      noteFailure(error);
      run.fail(error instanceof TypeError ? 'The server broke off. Run again when it is back.' : messageOf(error));
    }
  } finally {
    aborts.delete(run);
  }
}
