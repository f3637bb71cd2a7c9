import type { Problem } from '../base/errors.js';
import type {
  AnalyseAnswer,
  AnalyseRequest,
  CheckAnswer,
  ErrorAnswer,
  GenerateEvent,
  GenerateOptions,
  GenerateRequest,
  GuidesAnswer,
  ModelsAnswer,
  StatusAnswer,
  VocabularyAnswer,
} from './api.js';

export type * from './api.js';

/** A request that the server refused. */
export class ServerError extends Error {
  override name = 'ServerError';

  /**
   * @param status of HTTP
   * @param problems of the body, by JSON path
   */
  constructor(
    message: string,
    readonly status: number,
    readonly problems: readonly Problem[] = [],
  ) {
    super(message);
  }
}

/** A client of `diffusteer serve`. All methods reject with a ServerError if the server refuses, and as `fetch` if it cannot be reached. */
export interface Client {
  /**
   * Makes the texts of a config. Leaving the loop, or the signal, ends the work at the server within a step.
   *
   * @returns the events of the run; a request with problems gets one event `problems`
   */
  generate(
    request: GenerateRequest,
    options?: GenerateOptions & { readonly signal?: AbortSignal },
  ): AsyncGenerator<GenerateEvent>;
  check(request: GenerateRequest): Promise<CheckAnswer>;
  analyse(request: AnalyseRequest): Promise<AnalyseAnswer>;
  guides(model?: string): Promise<GuidesAnswer>;
  models(): Promise<ModelsAnswer>;
  vocabulary(model: string): Promise<VocabularyAnswer>;
  /** The JSON schema of a config. */
  schema(): Promise<Readonly<Record<string, unknown>>>;
  status(): Promise<StatusAnswer>;
}

/** Returns a client. @param url that the server printed, with its token */
export function createClient(url: string): Client {
  const base = new URL(url);
  const token = base.searchParams.get('token') ?? '';
  const send = async (route: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(new URL(`/v1/${route}`, base), { ...init, headers: { authorization: `Bearer ${token}` } });
    const hasEvents = response.headers.get('content-type')?.startsWith('application/x-ndjson') ?? false;
    if (response.ok || hasEvents) return response;
    throw await errorOf(response);
  };
  const get = async <T>(route: string): Promise<T> => (await (await send(route)).json()) as T;
  const post = async <T>(route: string, body: unknown): Promise<T> =>
    (await (await send(route, { method: 'POST', body: JSON.stringify(body) })).json()) as T;
  const of = (model: string): string => `?model=${encodeURIComponent(model)}`;
  return {
    async *generate(request, { signal, ...options } = {}) {
      const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, `${value}`] as [string, string]));
      const init = { method: 'POST', body: JSON.stringify(request), ...(signal && { signal }) };
      yield* linesOf(await send(`generate?${query.toString()}`, init));
    },
    check: (request) => post('check', request),
    analyse: (request) => post('analyse', request),
    guides: (model) => get(`guides${model === undefined ? '' : of(model)}`),
    models: () => get('models'),
    vocabulary: (model) => get(`vocabulary${of(model)}`),
    schema: () => get('schema'),
    status: () => get('status'),
  };
}

async function errorOf(response: Response): Promise<ServerError> {
  const { message, problems } = (await response.json().catch(() => ({ message: response.statusText }))) as ErrorAnswer;
  return new ServerError(message, response.status, problems);
}

/** Yields the events of a body of JSON lines; leaving early closes the connection. */
async function* linesOf(response: Response): AsyncGenerator<GenerateEvent> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const part = (await reader.read()) as { done: boolean; value?: Uint8Array };
      const lines = (rest + decoder.decode(part.value, { stream: !part.done })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line) as GenerateEvent;
      if (part.done) return;
    }
  } finally {
    await reader.cancel();
  }
}
