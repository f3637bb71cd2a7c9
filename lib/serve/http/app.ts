import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { DiffusteerError, InputError, inputError, messageOf } from '../../base/errors.js';
import { schemas, schemaText } from '../../config/index.js';
import { analyse } from '../analyse.js';
import type { Engine } from '../engine.js';
import { listGuides, listModels, vocabularyOfModel } from '../facts.js';
import type { JudgeSource } from '../judge-texts.js';
import { withoutMachinePaths } from '../paths.js';
import { eventHeaders, eventResponse, eventText, wantsServerSent } from './event-stream.js';
import { safeHeaders, sameHost, type ServerIdentity, withToken } from './guards.js';
import { openApi } from './openapi.js';
import { pageHandler } from './page.js';

/** The parts of a server. */
export interface AppParts {
  readonly engine: Engine;
  /** The judges of the engine, which also analyse texts. */
  readonly judges?: JudgeSource;
  /** Folder of a built page; undefined to serve none. */
  readonly page?: string | undefined;
  readonly onBug: (error: unknown) => void;
}

/** Largest body of a request. */
const BODY_BYTES = 1_000_000;
/** The limits of query parameters. */
const MOST_TOP = 20;
const MOST_EVERY = 2000;

/** Returns the routes of a server. @param identity known once the server listens */
export function createApp({ engine, judges, page, onBug }: AppParts, identity: () => ServerIdentity): Hono {
  const app = new Hono();
  const { context } = engine;
  app.use(safeHeaders, sameHost(identity));
  app.use('/v1/*', withToken(identity));
  app.use('/v1/*', bodyLimit({ maxSize: BODY_BYTES, onError: tooLarge }));
  app.post('/v1/generate', (c) => generateEvents(c, engine));
  app.post('/v1/check', async (c) => c.json(await engine.check(await bodyOf(c))));
  app.post('/v1/analyse', async (c) => c.json(await analyse(await bodyOf(c), context, judges)));
  app.get('/v1/guides', async (c) => c.json(await listGuides(context, c.req.query('model'))));
  app.get('/v1/models', async (c) => c.json(await listModels(context)));
  app.get('/v1/vocabulary', async (c) => c.json(await vocabularyOfModel(context, wantedModel(c))));
  app.get('/v1/schema', (c) => c.body(schemaText(schemas.generate), 200, { 'Content-Type': 'application/schema+json' }));
  app.get('/v1/openapi.json', (c) => c.json(openApi()));
  app.get('/v1/status', (c) => {
    const { limits, ...status } = engine.status();
    return c.json({ ...status, limits: { bodyBytes: BODY_BYTES, ...limits } });
  });
  app.all('/v1/*', (c) => c.json({ message: `there is nothing at ${c.req.method} ${c.req.path}; see /v1/openapi.json` }, 404));
  if (page !== undefined) app.get('*', pageHandler(page));
  app.notFound((c) => c.json({ message: `there is nothing at ${c.req.path}; the routes are in /v1/openapi.json` }, 404));
  app.onError((error, c) => errorAnswer(error, c, onBug));
  return app;
}

/** Refuses a body and ends its connection: the rest of the body is not read, so nothing can follow it there. */
function tooLarge(c: Context): Response {
  c.header('Connection', 'close');
  return c.json({ message: `expected a body of at most ${BODY_BYTES / 1e6} MB; put many targets in a file of the server` }, 413);
}

function errorAnswer(error: unknown, c: Context, onBug: (error: unknown) => void): Response {
  const message = withoutMachinePaths(messageOf(error));
  if (error instanceof InputError) {
    const problems = error.problems.map((one) => ({ ...one, message: withoutMachinePaths(one.message) }));
    return c.json({ message, problems }, error instanceof BadRequest ? 400 : 422);
  }
  if (error instanceof DiffusteerError) return c.json({ message }, 500);
  onBug(error);
  return c.json({ message: 'an error inside the server, whose log has the details' }, 500);
}

/** A request that is not even readable. */
class BadRequest extends InputError {
  override name = 'BadRequest';
}

const badRequest = (message: string): BadRequest => new BadRequest('request', [{ path: '', message }]);

/** Reads the body of a request. @throws BadRequest if it is not JSON */
async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw badRequest(`the body is not JSON: ${messageOf(error)}`);
  }
}

function wantedModel(c: Context): string {
  const model = c.req.query('model');
  if (model === undefined || model === '') throw inputError('request', 'expected the parameter model, such as ?model=models/e2e');
  return model;
}

/** Answers with the events of a run, which ends when the client goes. */
async function generateEvents(c: Context, engine: Engine): Promise<Response> {
  const serverSent = wantsServerSent(c.req.header('accept'));
  const options = { every: numberOf(c, 'every', MOST_EVERY), top: numberOf(c, 'top', MOST_TOP) };
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const stop = new AbortController();
  const { signal } = stop;
  c.req.raw.signal.addEventListener('abort', () => stop.abort());
  try {
    const run = await engine.run(await bodyOf(c), { ...given, signal });
    return eventResponse(run.events(), serverSent, () => stop.abort());
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof BadRequest) throw error;
    const { problems } = error;
    return c.body(eventText({ event: 'problems', problems }, serverSent), 422, eventHeaders(serverSent));
  }
}

/** Returns a query parameter as a whole number. @throws BadRequest if it is none, or too large */
function numberOf(c: Context, name: string, most: number): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw badRequest(`expected a whole number from 0 to ${most} for the parameter ${name}, got ${JSON.stringify(text)}`);
}
