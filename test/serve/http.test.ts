import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { guidesWith } from '../../guidance/index.js';
import type { GenerateEvent, GenerateRequest } from '../../lib/serve/api.js';
import { type Client, createClient, ServerError } from '../../lib/serve/client.js';
import { createEngine, type Engine } from '../../lib/serve/engine.js';
import { startServer } from '../../lib/serve/http/listen.js';
import { withFolder, writeTinyModel } from '../tiny-model.js';

interface Served {
  readonly client: Client;
  readonly engine: Engine;
  readonly url: URL;
  readonly bugs: unknown[];
}

const config = (changes: object = {}): GenerateRequest => ({
  model: 'models/tiny',
  device: 'onnx-cpu',
  sampler: { steps: 5 },
  guidance: [{ guide: 'length', length: 4 }],
  ...changes,
});

/** Runs `use` with a server whose working folder has a tiny model. */
const withServer = (use: (served: Served) => Promise<void>): Promise<void> =>
  withFolder(async (folder) => {
    await mkdir(join(folder, 'models'));
    await writeTinyModel(join(folder, 'models/tiny'));
    await mkdir(join(folder, 'page/assets'), { recursive: true });
    await writeFile(join(folder, 'page/index.html'), '<h1>page</h1>');
    const before = process.cwd();
    process.chdir(folder);
    const bugs: unknown[] = [];
    const onBug = (error: unknown) => void bugs.push(error);
    const engine = createEngine({ registry: guidesWith(), onBug });
    const server = await startServer({ engine, port: 0, page: 'page', onBug });
    try {
      await use({ client: createClient(server.url), engine, url: new URL(server.url), bugs });
      expect(bugs).to.deep.equal([]);
    } finally {
      await server.close();
      await engine.dispose();
      process.chdir(before);
    }
  });

/** Sends a request with headers that `fetch` does not let one set. */
const statusOf = (url: URL, path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: url.port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    });
    sent.on('error', reject).end();
  });

const bearer = (url: URL) => ({ authorization: `Bearer ${url.searchParams.get('token')}` });

async function all(events: AsyncIterable<GenerateEvent>): Promise<GenerateEvent[]> {
  const found: GenerateEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

describe('a server', function () {
  this.timeout(60_000);

  it('streams the events of a run as JSON lines and as server-sent events, the same ones', () =>
    withServer(async ({ client, url }) => {
      const events = await all(client.generate(config(), { top: 2, every: 2 }));
      expect(events.map(({ event }) => event)).to.deep.equal(['plan', 'step', 'step', 'step', 'text', 'done']);
      const answer = await fetch(new URL(`/v1/generate?top=2&every=2&token=${url.searchParams.get('token')}`, url), {
        method: 'POST',
        headers: { accept: 'text/event-stream' },
        body: JSON.stringify(config()),
      });
      expect(answer.headers.get('content-type')).to.contain('text/event-stream');
      const blocks = (await answer.text()).trimEnd().split('\n\n');
      const sent = blocks.map((block) => /^event: (\w+)\ndata: (.*)$/.exec(block)!);
      expect(sent.map(([, name]) => name)).to.deep.equal(events.map(({ event }) => event));
      expect(sent.slice(0, -1).map(([, , data]) => JSON.parse(data!) as unknown)).to.deep.equal(events.slice(0, -1));
    }));

  it('answers a request with problems by all of them, with their paths', () =>
    withServer(async ({ client }) => {
      const wrong = config({ seed: -1, guidance: [{ guide: 'length', length: 99 }] });
      const [only, ...others] = await all(client.generate(wrong));
      expect(others).to.deep.equal([]);
      const { problems } = await client.check(wrong);
      expect(only).to.deep.equal({ event: 'problems', problems });
      expect(problems.map(({ path }) => path)).to.deep.equal(['/seed', '/guidance/0/length']);
      expect((await client.check(config())).plan!.texts.map(({ id }) => id)).to.deep.equal(['0-0']);
    }));

  it('tells about guides, models, words, its schema, and how it is', () =>
    withServer(async ({ client }) => {
      const { models } = await client.models();
      expect(models.map(({ model }) => model)).to.include('models/tiny');
      expect(models.find(({ model }) => model === 'models/tiny')).to.include({ maxTokens: 8, wordLevel: true, decoder: false });
      const { guides } = await client.guides('models/tiny');
      const pos = guides.find(({ name }) => name === 'pos')!;
      expect(pos.places.find(({ via }) => via === 'gradient')!.obstacle).to.be.a('string');
      expect((await client.vocabulary('models/tiny')).words)
        .to.include('pond')
        .and.not.include('PAD');
      expect(await client.schema()).to.have.property('$schema');
      expect(await client.status()).to.deep.include({ waiting: 0, running: 0, limits: { bodyBytes: 1_000_000, texts: 256 } });
      const { words, length, tags, unknown } = await client.analyse({ text: 'The pond sleeps quickly.', model: 'models/tiny' });
      expect({ words, length, tags, unknown }).to.deep.equal({
        words: ['The', 'pond', 'sleeps', 'quickly', '.'],
        length: 5,
        tags: ['DET', 'NOUN', 'VERB', 'ADV', 'PUNCT'],
        unknown: ['quickly'],
      });
    }));

  it('describes every route in its OpenAPI document, whose references all lead somewhere', () =>
    withServer(async ({ url }) => {
      const token = url.searchParams.get('token')!;
      const answer = await fetch(new URL(`/v1/openapi.json?token=${token}`, url));
      const document = (await answer.json()) as { paths: object; components: { schemas: Record<string, unknown> } };
      const routes = ['generate', 'check', 'analyse', 'guides', 'models', 'vocabulary', 'schema', 'status', 'openapi.json'];
      expect(Object.keys(document.paths)).to.have.members(routes.map((route) => `/v1/${route}`));
      const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
      expect(refs).to.not.be.empty;
      expect(refs.filter((name) => !(name in document.components.schemas))).to.deep.equal([]);
      expect(JSON.stringify(document)).to.not.contain('#/$defs/');
    }));

  it('describes every answer in its OpenAPI document: real ones are valid, others are not', () =>
    withServer(async ({ client, engine, url }) => {
      const fetched = async (path: string, body?: unknown): Promise<{ status: number; answer: unknown }> => {
        const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
        const response = await fetch(new URL(path, url), { ...init, headers: bearer(url) });
        return { status: response.status, answer: await response.json() };
      };
      const document = (await fetched('/v1/openapi.json')).answer as { components: { schemas: object } };
      const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, 'api');
      const errorsOf = (pointer: string, value: unknown) => {
        const validate = ajv.getSchema(`api#${pointer}`)!;
        return validate(JSON.parse(JSON.stringify(value))) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`); // prettier-ignore
      };
      const pointerOf = (route: string, method: string, status: string, type = 'application~1json') =>
        `/paths/~1v1~1${route}/${method}/responses/${status}/content/${type}/schema`;

      for (const [route, path, body] of [
        ['status', 'status'],
        ['models', 'models'],
        ['guides', 'guides'],
        ['guides', 'guides?model=models/tiny'],
        ['vocabulary', 'vocabulary?model=models/tiny'],
        ['analyse', 'analyse', { text: 'The pond sleeps.', model: 'models/tiny' }],
        ['check', 'check', config()],
        ['check', 'check', config({ seed: -1 })],
      ] as const) {
        const { answer } = await fetched(`/v1/${path}`, body);
        expect(errorsOf(pointerOf(route, body ? 'post' : 'get', '200'), answer), path).to.deep.equal([]);
      }
      for (const [route, path, body] of [
        ['vocabulary', 'vocabulary'],
        ['vocabulary', 'vocabulary?model=/etc'],
        ['analyse', 'analyse', { text: 5 }],
        ['analyse', 'analyse', 'x'.repeat(1_100_000)],
      ] as const) {
        const { status, answer } = await fetched(`/v1/${path}`, body);
        expect(status, path).to.be.within(400, 499);
        expect(errorsOf(pointerOf(route, body ? 'post' : 'get', '4XX'), answer), path).to.deep.equal([]);
      }

      const stop = new AbortController();
      const stopped = await engine.run(config({ sampler: { steps: 2000 } }), { signal: stop.signal });
      stop.abort();
      const events = [
        ...(await all(client.generate(config({ samplesPerTarget: 2 }), { top: 2 }))),
        ...(await all(client.generate(config({ edit: { text: 'The pond sleeps .' }, targets: [{ a: 1 }] })))),
        ...(await all(client.generate(config({ branch: { of: config(), text: '0-0', step: 2 } })))),
        ...(await all(client.generate(config({ seed: -1 })))),
        ...(await all(stopped.events())),
      ];
      expect([...new Set(events.map(({ event }) => event))]).to.have.members('plan step text done problems error'.split(' '));
      const pointer = pointerOf('generate', 'post', '200', 'application~1x-ndjson');
      for (const event of events) {
        expect(errorsOf(pointer, event), event.event).to.deep.equal([]);
        const { event: _, ...nameless } = event;
        expect(errorsOf(pointer, nameless)).to.not.be.empty;
        expect(errorsOf(pointer, { ...event, more: 1 })).to.not.be.empty;
        if (event.event === 'step')
          expect(errorsOf(pointer, { ...event, texts: [{ ...event.texts[0], words: ['pond'] }] })).to.not.be.empty;
      }
      const request = '/components/schemas/GenerateRequest';
      expect(errorsOf(request, config({ branch: { of: config(), text: '0-0', step: 2 } }))).to.deep.equal([]);
      expect(errorsOf(request, config({ branch: { of: config({ seed: 'x' }), text: '0-0', step: 2 } }))).to.deep.equal([
        '/branch/of/seed must be integer',
      ]);
    }));

  it('lets in nobody without the token, from another origin or by another host name', () =>
    withServer(async ({ url }) => {
      const token = url.searchParams.get('token')!;
      const host = url.host;
      const bearer = { host, authorization: `Bearer ${token}` };
      expect(await statusOf(url, '/v1/status', bearer)).to.equal(200);
      expect(await statusOf(url, `/v1/status?token=${token}`, { host: `localhost:${url.port}` })).to.equal(200);
      expect(await statusOf(url, '/v1/status', { host })).to.equal(401);
      expect(await statusOf(url, '/v1/status', { host, authorization: `Bearer ${token.slice(1)}` })).to.equal(401);
      expect(await statusOf(url, '/v1/status', { ...bearer, host: 'evil.example' })).to.equal(403);
      expect(await statusOf(url, '/v1/status', { ...bearer, origin: 'http://evil.example' })).to.equal(403);
      expect(await statusOf(url, '/v1/status', { ...bearer, origin: 'null' })).to.equal(403);
      expect(await statusOf(url, '/v1/status', { ...bearer, origin: url.origin })).to.equal(200);
      expect(await statusOf(url, '/', { host: 'evil.example' })).to.equal(403);
    }));

  it('serves its page and no other file, and refuses what it cannot read', () =>
    withServer(async ({ client, url }) => {
      expect(await (await fetch(new URL('/', url))).text()).to.equal('<h1>page</h1>');
      for (const path of ['/../models/tiny/config.json', '/%2e%2e/models/tiny/config.json', '/page/index.html', '/v1/nothing'])
        expect(
          await statusOf(url, path, { host: url.host, authorization: `Bearer ${url.searchParams.get('token')}` }),
          path,
        ).to.equal(404);
      const send = (body: string, query = '') =>
        fetch(new URL(`/v1/generate${query}`, url), {
          method: 'POST',
          body,
          headers: { authorization: `Bearer ${url.searchParams.get('token')}` },
        });
      expect((await send('{')).status).to.equal(400);
      expect((await send('{}', '?top=1e9')).status).to.equal(400);
      expect((await send(`{"x": "${'y'.repeat(1_000_000)}"}`)).status).to.equal(413);
      const error: unknown = await client.vocabulary('../..').catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ServerError).and.to.have.property('status', 422);
    }));

  it('frees the work of a client that hangs up, within a step', () =>
    withServer(async ({ client, engine }) => {
      const long = config({ sampler: { steps: 2000 }, samplesPerTarget: 4 });
      for await (const event of client.generate(long, { top: 0 })) if (event.event === 'step' && event.step >= 2) break;
      const begun = performance.now();
      while (engine.status().running > 0 && performance.now() - begun < 20_000)
        await new Promise((resolve) => setTimeout(resolve, 10));
      expect(engine.status()).to.include({ running: 0, waiting: 0 });
      expect((await all(client.generate(config()))).at(-1)!.event).to.equal('done');
    }));
});
