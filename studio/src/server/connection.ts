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
} from 'diffusteer/client';

/** The server refused a request. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** The routes of the server, with the token of the page's own address. */
export class Connection {
  private readonly token = new URLSearchParams(location.search).get('token');

  status = (): Promise<StatusAnswer> => this.get('status');
  models = (): Promise<ModelsAnswer> => this.get('models');
  guides = (model: string): Promise<GuidesAnswer> => this.get(`guides?model=${encodeURIComponent(model)}`);
  vocabulary = (model: string): Promise<VocabularyAnswer> => this.get(`vocabulary?model=${encodeURIComponent(model)}`);
  analyse = (request: AnalyseRequest): Promise<AnalyseAnswer> => this.post('analyse', request);
  check = (request: unknown): Promise<CheckAnswer> => this.post('check', request);

  /** Yields the events of a run until it ends or is aborted. */
  async *generate(
    request: GenerateRequest,
    { every = 1, top = 5 }: GenerateOptions,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent> {
    const response = await this.fetch(`generate?every=${every}&top=${top}`, request, signal);
    let rest = '';
    for await (const part of chunksOf(response.body!.pipeThrough(new TextDecoderStream()))) {
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line !== '') yield JSON.parse(line) as GenerateEvent;
    }
    if (rest !== '') yield JSON.parse(rest) as GenerateEvent;
  }

  private async get<T>(route: string): Promise<T> {
    return (await (await this.fetch(route)).json()) as T;
  }

  private async post<T>(route: string, body: unknown): Promise<T> {
    return (await (await this.fetch(route, body)).json()) as T;
  }

  private async fetch(route: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`/v1/${route}`, {
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json', accept: 'application/x-ndjson' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok || response.status === 422) return response;
    const { message } = (await response.json().catch(() => ({ message: response.statusText }))) as ErrorAnswer;
    throw new Refused(message, response.status);
  }
}

/** Yields the parts of a stream; not every browser can iterate over one. */
async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
