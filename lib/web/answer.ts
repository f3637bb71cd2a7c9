import { InputError, inputError, messageOf } from '../base/errors.js';
import { schemas, schemaText } from '../config/index.js';
import type { GenerateOptions } from '../serve/api.js';
import { listGuides, listModels, vocabularyOfModel } from '../serve/facts.js';
import type { Call, ExportStatus, LoadProgress, Reply } from './protocol.js';
import type { StartedExport } from './start.js';

/** The other side of a worker: the page. */
export interface PagePort {
  postMessage(message: Reply | LoadProgress): void;
}

/** Answers the calls of a page by an engine, as the HTTP interface does. @param started may reject; then every call gets the reason */
export function answering(port: PagePort, started: Promise<StartedExport>): (call: Call) => void {
  const stops = new Map<number, AbortController>();
  return (call) => {
    const { id, method } = call;
    if (method === 'stop') return stops.get(id)?.abort();
    const stop = new AbortController();
    stops.set(id, stop);
    void started
      .then((own) => (method === 'generate' ? sendEvents(port, own, call, stop.signal) : answerOf(own, call)))
      .then(
        (value) => port.postMessage({ id, value }),
        (error: unknown) => port.postMessage({ id, error: errorAnswer(error) }),
      )
      .finally(() => stops.delete(id));
  };
}

const errorAnswer = (error: unknown) => ({
  message: messageOf(error),
  ...(error instanceof InputError && { problems: error.problems }),
});

/** Sends the events of a run; one event `problems` if the request has any. */
async function sendEvents(port: PagePort, { engine }: StartedExport, { id, args }: Call, signal: AbortSignal): Promise<void> {
  const [request, options] = args as [unknown, GenerateOptions | undefined];
  try {
    const run = await engine.run(request, { ...options, signal });
    for await (const event of run.events()) port.postMessage({ id, event });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    port.postMessage({ id, event: { event: 'problems', problems: error.problems } });
  }
}

function answerOf({ engine, provider }: StartedExport, { method, args }: Call): unknown {
  const [first] = args;
  switch (method) {
    case 'check':
      return engine.check(first);
    case 'guides':
      return listGuides(engine.context, first as string | undefined);
    case 'models':
      return listModels(engine.context);
    case 'vocabulary':
      return vocabularyOfModel(engine.context, first as string);
    case 'schema':
      return JSON.parse(schemaText(schemas.generate));
    case 'status':
      return { ...engine.status(), limits: { bodyBytes: Infinity, ...engine.status().limits }, provider } satisfies ExportStatus;
    default:
      throw inputError('call', `there is no method ${method}`);
  }
}
