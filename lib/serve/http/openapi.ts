import type { TSchema } from '@sinclair/typebox';
import { packageVersion } from '../../base/locate.js';
import { schemas, schemaText } from '../../config/index.js';
import { analyseSchema } from '../analyse.js';

type Json = Readonly<Record<string, unknown>>;

/** Returns the OpenAPI document of the server. The schemas of bodies are those that check them. */
export function openApi(): Json {
  const { $schema: _, $defs, ...config } = JSON.parse(schemaText(schemas.generate)) as Record<string, Json>;
  const components = {
    ...($defs as Json),
    GenerateRequest: generateRequest(config),
    AnalyseRequest: bodySchema(analyseSchema),
    ErrorAnswer,
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'diffusteer',
      version: packageVersion(),
      description:
        'Controllable text generation with diffusion. The types of all answers are in the package, `diffusteer/client`.',
    },
    security: [{ bearer: [] }, { token: [] }],
    paths,
    components: { schemas: inComponents(components), securitySchemes },
  };
}

const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer' },
  token: { type: 'apiKey', in: 'query', name: 'token' },
};

const bodySchema = (schema: TSchema): Json => {
  const { $schema: _, ...rest } = JSON.parse(schemaText(schema)) as Record<string, unknown>;
  return rest;
};

/** Returns the schema of a config as a request: `output` may be missing, and `branch` may be given. */
function generateRequest(config: Json): Json {
  const properties = config['properties'] as Json;
  const required = ((config['required'] as string[] | undefined) ?? []).filter((name) => name !== 'output');
  const branch = {
    type: 'object',
    description: 'Continues a text of another run after one of its reverse steps.',
    properties: {
      of: { $ref: '#/components/schemas/GenerateRequest', description: 'The request that made the text.' },
      text: { type: 'string', description: 'Id of the text, such as 0-0.' },
      step: { type: 'integer', minimum: 0, description: 'The last reverse step that the two runs share.' },
    },
    required: ['of', 'text', 'step'],
  };
  return { ...config, title: 'A config of diffusteer generate', required, properties: { ...properties, branch } };
}

/** Points the references to definitions at the components of the document. */
const inComponents = (components: Json): unknown =>
  JSON.parse(JSON.stringify(components).replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown;

const ErrorAnswer = {
  type: 'object',
  properties: {
    message: { type: 'string', description: 'What was wrong, and what to do.' },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, message: { type: 'string' } },
        required: ['path', 'message'],
      },
    },
  },
  required: ['message'],
};

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json = { type: 'object' }): Json => ({ 'application/json': { schema } });
const answer = (description: string): Json => ({
  '200': { description, content: json() },
  '4XX': { description: 'What was wrong with the request.', content: json(ref('ErrorAnswer')) },
});
const body = (name: string): Json => ({ required: true, content: json(ref(name)) });
const query = (name: string, description: string, schema: Json, required = false): Json => ({
  name,
  in: 'query',
  description,
  required,
  schema,
});
const get = (summary: string, parameters: readonly Json[] = []): Json => ({
  get: { summary, parameters, responses: answer(summary) },
});

const MODEL = query('model', 'Folder of a model, such as models/e2e.', { type: 'string' });
const EVENTS =
  'Events: `plan`, then `step` and `text`, then `done` or `error`; server-sent events if the request accepts them, otherwise JSON lines.';

const paths = {
  '/v1/generate': {
    post: {
      summary: 'Makes the texts of a config, with events while they are made. The work ends when the client goes.',
      parameters: [
        query('every', 'Report every n-th reverse step and the last one; 0: none.', { type: 'integer', minimum: 0, default: 1 }),
        query('top', 'Most probable words per position.', { type: 'integer', minimum: 0, maximum: 20, default: 5 }),
      ],
      requestBody: body('GenerateRequest'),
      responses: {
        '200': { description: EVENTS, content: { 'text/event-stream': {}, 'application/x-ndjson': {} } },
        '422': { description: 'One event `problems`.', content: { 'text/event-stream': {}, 'application/x-ndjson': {} } },
      },
    },
  },
  '/v1/check': {
    post: {
      summary: 'Every problem of a config with its JSON path, or the plan of its run.',
      requestBody: body('GenerateRequest'),
      responses: answer('Problems, or a plan.'),
    },
  },
  '/v1/analyse': {
    post: {
      summary: 'Words, tags, tree and spans of a text, as options of guides.',
      requestBody: body('AnalyseRequest'),
      responses: answer('The analysis.'),
    },
  },
  '/v1/guides': get('The guides that a config may name, and what a model was trained for.', [MODEL]),
  '/v1/models': get('The models that a config may name.'),
  '/v1/vocabulary': get('The words that a model writes with.', [{ ...MODEL, required: true }]),
  '/v1/schema': get('The JSON schema of a config.'),
  '/v1/status': get('The version, the requests at work, the limits.'),
  '/v1/openapi.json': get('This document.'),
};
