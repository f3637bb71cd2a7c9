import type { GenerateEvent } from '../api.js';

/** Returns whether a request prefers server-sent events to JSON lines. */
export const wantsServerSent = (accept: string | undefined): boolean => accept?.includes('text/event-stream') ?? false;

/** Returns an answer of events. @param onLeave called when the client goes */
export function eventResponse(events: AsyncIterator<GenerateEvent>, serverSent: boolean, onLeave: () => void): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await events.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(eventText(next.value, serverSent)));
    },
    cancel: onLeave,
  });
  return new Response(body, { headers: eventHeaders(serverSent) });
}

/** Returns an event as a server-sent event or as a line of JSON. */
export function eventText(event: GenerateEvent, serverSent: boolean): string {
  const json = JSON.stringify(event);
  return serverSent ? `event: ${event.event}\ndata: ${json}\n\n` : `${json}\n`;
}

export const eventHeaders = (serverSent: boolean): Record<string, string> => ({
  'content-type': serverSent ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
  'cache-control': 'no-store',
});
