import { type Answer, type JobMessage, plainError, type WorkerMessage } from './messages.js';

/** Does one task of a job. @param report sends a report to the process that started this one */
export type DoTask<Task, Result> = (task: Task, report: (value: unknown) => void) => Promise<Result>;

/**
 * Returns the function that a module exports to work in a pool. The first task asks for the job, which all tasks have in common.
 *
 * The process leaves Ctrl-C to the one that started it, and ends when that one has ended in whatever way.
 *
 * @param open prepares the job
 */
export function serveTasks<Task, Result>(
  open: (job: unknown) => Promise<DoTask<Task, Result>>,
): (task: Task) => Promise<Answer<Result>> {
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
  // eslint-disable-next-line no-restricted-properties -- the process belongs to the pool alone
  process.once('disconnect', () => process.exit());
  let opened: Promise<DoTask<Task, Result>> | undefined;
  return async (task) => {
    try {
      opened ??= askForJob().then(open);
      const work = await opened;
      return { result: await work(task, (report) => send({ report })) };
    } catch (error) {
      return { error: plainError(error) };
    }
  };
}

const send = (message: WorkerMessage): void => void process.send?.(message);

function askForJob(): Promise<unknown> {
  return new Promise((resolve) => {
    const onMessage = (message: Partial<JobMessage>): void => {
      if (!('job' in message)) return;
      process.off('message', onMessage);
      resolve(message.job);
    };
    process.on('message', onMessage);
    send({ asks: 'job' });
  });
}
