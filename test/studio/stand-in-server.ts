import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type {
  AnalyseAnswer,
  CheckAnswer,
  GenerateEvent,
  GenerateRequest,
  GuidesAnswer,
  ModelsAnswer,
  PlanEvent,
  StepEvent,
  StepWord,
  TextEvent,
  VocabularyAnswer,
} from '../../lib/serve/index.js';

const PAGE = 'dist/studio';
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The texts that every run makes, in 10 steps; a branch keeps its changes and nothing else. */
const TEXTS = ['The Mill is a pub near the river .', 'Near the river there is a cheap pub .'];
const STEPS = 10;
const WORDS = [...new Set([...TEXTS.join(' ').split(' '), 'food', 'friend', 'expensive', 'by'])];

const place = (via: 'posterior' | 'gradient', classes: string[] = []) => ({ via, classes });
const GUIDES: GuidesAnswer = {
  guides: [
    {
      name: 'words',
      summary: 'The text contains words.',
      places: [place('posterior')],
      options: optionsOf('all', 'any', 'none', 'at'),
      example: {},
    },
    {
      name: 'length',
      summary: 'The text has a length.',
      places: [place('posterior')],
      options: optionsOf('length'),
      example: { length: 12 },
    },
    {
      name: 'pos',
      summary: 'The words have tags.',
      places: [place('posterior'), place('gradient')],
      options: optionsOf('tags'),
      example: {},
    },
    {
      name: 'tree',
      summary: 'The text has a tree.',
      places: [place('posterior')],
      options: optionsOf('tree', 'part'),
      example: {},
    },
    { name: 'spans', summary: 'Spans are constituents.', places: [place('posterior')], options: optionsOf('spans'), example: {} },
    {
      name: 'attribute',
      summary: 'The text states a fact.',
      places: [place('gradient', ['food[Japanese]', 'food[Italian]', 'area[riverside]'])],
      options: optionsOf('slot', 'value'),
      example: {},
    },
    {
      name: 'plugin',
      summary: 'A guide of a user.',
      places: [place('posterior')],
      options: {
        type: 'object',
        properties: { avoid: { type: 'array', items: { type: 'string' } }, strength: { type: 'number' } },
      },
      example: { avoid: ['food'], strength: 2 },
    },
  ],
};

function optionsOf(...names: string[]): Record<string, unknown> {
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) };
}

/** A server with the interface of `diffusteer studio` whose texts are fixed, so that tests of the page need no model. */
export class StandIn {
  /** Bodies of the requests for runs, in order. */
  readonly runs: GenerateRequest[] = [];
  /** Milliseconds between two steps. */
  pause = 5;
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/?token=secret`;
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Ends at once, in the middle of whatever it answers. */
  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    if (!pathname.startsWith('/v1/')) return sendFile(pathname, response);
    if (request.headers.authorization !== 'Bearer secret') return send(response, { message: 'expected the token' }, 401);
    let body = '';
    for await (const part of request) body += String(part);
    if (pathname === '/v1/generate') return this.generate(JSON.parse(body) as GenerateRequest, response);
    send(response, answerOf(pathname, body));
  }

  private async generate(request: GenerateRequest, response: ServerResponse): Promise<void> {
    this.runs.push(request);
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const event of eventsOf(request)) {
      response.write(`${JSON.stringify(event)}\n`);
      if (event.event === 'step') await new Promise((resolve) => setTimeout(resolve, this.pause));
    }
    response.end();
  }
}

async function sendFile(pathname: string, response: ServerResponse): Promise<void> {
  const path = join(PAGE, pathname === '/' ? 'index.html' : pathname);
  const file = await readFile(path).catch(() => undefined);
  response.writeHead(file === undefined ? 404 : 200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' });
  response.end(file);
}

function send(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function answerOf(pathname: string, body: string): unknown {
  switch (pathname) {
    case '/v1/models':
      return { models: [model('models/english'), model('models/other')] } satisfies ModelsAnswer;
    case '/v1/guides':
      return GUIDES;
    case '/v1/vocabulary':
      return { model: 'models/english', words: WORDS } satisfies VocabularyAnswer;
    case '/v1/analyse':
      return analysed((JSON.parse(body) as { text: string }).text);
    case '/v1/check':
      return { problems: problemsOf(JSON.parse(body) as GenerateRequest) } satisfies CheckAnswer;
    default:
      return { version: '0', waiting: 0, running: 0, limits: { bodyBytes: 1e6, texts: 64 } };
  }
}

const model = (name: string) => ({
  model: name,
  hash: '',
  maxTokens: 48,
  vocabularySize: WORDS.length,
  recipe: '',
  wordLevel: true,
  decoder: true,
});

/** The analysis of `The pub is cheap .`, whatever the text. */
function analysed(text: string): AnalyseAnswer {
  const words = text.split(' ');
  return {
    words,
    length: words.length,
    tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'],
    tree: ['(S (NP (DT The) (NN pub)) (VP (VBZ is) (ADJP (JJ cheap))) (. .))'],
    spans: [
      [0, 4, 'S'],
      [0, 1, 'NP'],
    ],
    unknown: [],
  };
}

/** Words of `all` that no text has, as the check of `words` reports them. */
function problemsOf({ guidance = [] }: GenerateRequest): CheckAnswer['problems'] {
  return guidance.flatMap((clause, i) => {
    const words = 'guide' in clause && Array.isArray(clause['all']) ? (clause['all'] as string[]) : [];
    return words.flatMap((word, k) =>
      word.split(' ').every((part) => WORDS.includes(part))
        ? []
        : [{ path: `/guidance/${i}/all/${k}`, message: `the model does not know "${word}"` }],
    );
  });
}

function* eventsOf(request: GenerateRequest): Generator<GenerateEvent> {
  const { branch } = request;
  const first = branch === undefined ? 0 : branch.step + 1;
  const ids = branch === undefined ? TEXTS.map((_, i) => `0-${i}`) : [branch.text];
  const candidates = candidatesOf(request);
  yield planOf(request, ids, first);
  yield* stepsOf(request, ids, { first, candidate: branch?.candidate ?? 0 });
  const chosen = (id: string) => (candidates > 1 && id === '0-1' ? CHOSEN : 0);
  const others = ids.filter((id) => chosen(id) > 0);
  if (others.length > 0) yield* stepsOf(request, others, { first, candidate: CHOSEN });
  for (const id of ids)
    yield {
      ...textOf(id, finalWords(request, id)),
      ...(candidates > 1 && { chosen: { candidate: chosen(id), of: candidates } }),
    };
  yield { event: 'done', texts: ids.length, ms: 100, waitedMs: 0 };
}

/** The candidate that becomes the second text, if there are several. */
const CHOSEN = 2;

const candidatesOf = ({ decode }: GenerateRequest): number => (decode as { candidates?: number } | undefined)?.candidates ?? 1;

/** The steps of a candidate; the first one of the second text says food throughout if another one is chosen. */
function* stepsOf(
  request: GenerateRequest,
  ids: readonly string[],
  { first, candidate }: { first: number; candidate: number },
): Generator<StepEvent> {
  const isLost = (id: string) => candidatesOf(request) > 1 && id === '0-1' && candidate === 0;
  for (let step = first; step < STEPS; step++) {
    const open = 1 - (step + 1) / STEPS;
    const texts = ids.map((id) => ({
      id,
      words: finalWords(request, id).map((word, i) => wordAt(isLost(id) ? 'food' : word, i, open)),
      guides: { words: -8 * open, length: 0 },
      candidate,
    }));
    yield { event: 'step', step, time: 1 - step / STEPS, texts };
  }
}

function planOf(request: GenerateRequest, ids: readonly string[], first: number): PlanEvent {
  return {
    event: 'plan',
    texts: ids.map((id) => ({ id, target: {}, sample: Number(id.split('-')[1]) })),
    guides: [
      { label: 'words', path: '/guidance/0', guide: 'words', via: 'posterior', window: [0, 1] },
      { label: 'length', path: '/guidance/1', guide: 'length', via: 'posterior', window: [0, 1] },
    ],
    steps: { first, last: STEPS - 1, of: STEPS },
    positions: 46,
    vocabularySize: WORDS.length,
    decode: 'argmax',
    candidates: candidatesOf(request),
    config: { ...request, seed: request.seed ?? 1 },
  };
}

/** The words of a text: a branch has those that its `words` clauses put at a position. */
function finalWords({ guidance = [] }: GenerateRequest, id: string): string[] {
  const words = TEXTS[Number(id.split('-')[1])]!.split(' ');
  for (const clause of guidance)
    for (const { position, word } of ('guide' in clause
      ? (clause['at'] as { position: number; word: string }[] | undefined)
      : undefined) ?? [])
      words[position] = word;
  return words;
}

/** A word that is one of the vocabulary until its position settles: later ones later. */
function wordAt(final: string, i: number, open: number): StepWord {
  const entropy = open * (1 + i / 3);
  const word = entropy > 1.2 ? WORDS[(i * 5) % WORDS.length]! : final;
  const others = WORDS.filter((other) => other !== word).slice(0, 4);
  const top = [word, ...others].map((one, k): StepWord['top'][number] => ({
    word: one,
    probability: 0.5 / (k + 1),
    unguided: 0.25,
    added: k === 0 ? { words: 1.5 } : k === 1 ? { words: -2 } : {},
  }));
  return { word, probability: 0.5, entropy, top };
}

function textOf(id: string, tokens: string[]): TextEvent {
  const marks = id === '0-1' ? [{ start: 6, end: 7, note: 'not "nice"' }] : [];
  return {
    event: 'text',
    line: {
      id,
      target: {},
      sample: Number(id.split('-')[1]),
      tokens,
      text: tokens.join(' ').replace(' .', '.'),
      guides: { words: { logProb: 0, holds: true } },
      seed: 1,
    },
    judged: { words: { value: marks.length === 0 ? 1 : 0.5, marks }, length: { value: 1, marks: [] } },
  };
}
