import type { TSchema } from '@sinclair/typebox';
import { packageVersion } from '../../base/locate.js';
import { closed } from '../../config/closed.js';
import { schemas, schemaText } from '../../config/index.js';
import { analyseSchema } from '../analyse.js';
import { answerSchemas } from './answer-schemas.js';

type Json = Readonly<Record<string, unknown>>;

/** Returns the OpenAPI document of the server. The schemas of bodies are those that check them; those of answers have the types of the code. */
export function openApi(): Json {
  const { $schema: _, $defs, ...config } = JSON.parse(schemaText(schemas.generate)) as Record<string, Json>;
  const answers = Object.entries(answerSchemas).map(
    ([name, schema]) => [name, JSON.parse(JSON.stringify(closed(schema))) as Json] as const,
  );
  const components = {
    ...($defs as Json),
    GenerateRequest: generateRequest(config),
    AnalyseRequest: bodySchema(analyseSchema),
    ...Object.fromEntries(answers),
  };
  return {
    openapi: '3.1.0',
    info: { title: 'diffusteer', version: packageVersion(), description: 'Controllable text generation with diffusion.' },
    security: [{ bearer: [] }, { token: [] }],
    paths,
    components: { schemas: in2020(components), securitySchemes },
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

/** Returns the schema of a config as a request: `output` may be missing, and the run that a branch departs from is a request. */
function generateRequest(config: Json): Json {
  const properties = config['properties'] as Json;
  const required = ((config['required'] as string[] | undefined) ?? []).filter((name) => name !== 'output');
  const branch = properties['branch'] as { readonly properties: Json };
  const of = ref('GenerateRequest');
  return {
    ...config,
    title: 'A config of diffusteer generate',
    required,
    properties: { ...properties, branch: { ...branch, properties: { ...branch.properties, of } } },
  };
}

/** Returns schemas as OpenAPI 3.1 has them (JSON Schema 2020-12): references lead to components, and tuples are `prefixItems`. */
function in2020(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(in2020);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { items, additionalItems: _, ...rest } = schema as Record<string, unknown>;
  const entries = Object.entries(rest).map(([key, value]) => [key, key === '$ref' ? inComponents(value) : in2020(value)]);
  const ofItems = Array.isArray(items) ? { prefixItems: in2020(items), items: false } : items === undefined ? {} : { items: in2020(items) }; // prettier-ignore
  return { ...(Object.fromEntries(entries) as object), ...ofItems };
}

const inComponents = (reference: unknown): string => String(reference).replace('#/$defs/', '#/components/schemas/');

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ 'application/json': { schema } });
const answer = (description: string, schema: Json): Json => ({
  '200': { description, content: json(schema) },
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
const get = (summary: string, schema: Json, parameters: readonly Json[] = []): Json => ({
  get: { summary, parameters, responses: answer(summary, schema) },
});
/** The content of an answer of events, each a line of JSON or the data of a server-sent event. */
const eventsOf = (schema: Json): Json => ({ 'text/event-stream': { schema }, 'application/x-ndjson': { schema } });

const ANY: Json = { type: 'object' };
const MODEL = query('model', 'Folder of a model, such as models/e2e.', { type: 'string' });
const EVENTS =
  'Events, the schema of each: `plan`, then `step` and `text`, then `done` or `error`; server-sent events if the request accepts them, otherwise JSON lines.';

const paths = {
  '/v1/generate': {
    post: {
      summary: 'Makes the texts of a config, with events while they are made. The work ends when the client goes.',
      parameters: [
        query('every', 'Report every n-th reverse step and the last one; 0: none.', {
          type: 'integer',
          minimum: 0,
          maximum: 2000,
          default: 1,
        }),
        query('top', 'Most probable words per position.', { type: 'integer', minimum: 0, maximum: 20, default: 5 }),
      ],
      requestBody: body('GenerateRequest'),
      responses: {
        '200': { description: EVENTS, content: eventsOf(ref('GenerateEvent')) },
        '422': { description: 'One event `problems`.', content: eventsOf(ref('ProblemsEvent')) },
        '4XX': { description: 'What was wrong with the request.', content: json(ref('ErrorAnswer')) },
      },
    },
  },
  '/v1/check': {
    post: {
      summary: 'Every problem of a config with its JSON path, or the plan of its run.',
      requestBody: body('GenerateRequest'),
      responses: answer('Problems, or a plan.', ref('CheckAnswer')),
    },
  },
  '/v1/analyse': {
    post: {
      summary: 'Words, tags, tree and spans of a text, as options of guides.',
      requestBody: body('AnalyseRequest'),
      responses: answer('The analysis.', ref('AnalyseAnswer')),
    },
  },
  '/v1/guides': get('The guides that a config may name, and what a model was trained for.', ref('GuidesAnswer'), [MODEL]),
  '/v1/models': get('The models that a config may name.', ref('ModelsAnswer')),
  '/v1/vocabulary': get('The words that a model writes with.', ref('VocabularyAnswer'), [{ ...MODEL, required: true }]),
  '/v1/schema': get('The JSON schema of a config.', ANY),
  '/v1/status': get('The version, the requests at work, the limits.', ref('StatusAnswer')),
  '/v1/openapi.json': get('This document.', ANY),
};
