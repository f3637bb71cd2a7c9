import { computed, effect, signal } from '@preact/signals';
import {
  type Client,
  createClient,
  type GenerateRequest,
  type GuideInfo,
  type ModelSummary,
  ServerError,
  type StatusAnswer,
} from 'diffusteer/client';
import type { ExportStatus } from '../../../lib/web/protocol.js';
import { config, isSound, text } from '../config/document.js';
import { found, isChecked } from '../config/problems.js';
import { exported } from './exported.js';
import { createWorkerClient } from './worker-client.js';

/** The server that the page came from, whose token is in the address of the page; an exported page has an engine of its own. */
export const server: Client =
  exported.engine === undefined ? createClient(location.href) : createWorkerClient(new URL(exported.engine, location.href).href);

/** Whether the server answers: `refused` if it does, but not to the token of this page. */
export const link = signal<'connecting' | 'up' | 'down' | 'refused'>('connecting');
export const version = signal('');
/** What an exported page computes on. */
export const provider = signal<ExportStatus['provider'] | undefined>(undefined);
/** Why the engine of an exported page did not start. */
export const failure = signal('');
export const models = signal<readonly ModelSummary[]>([]);
export const guides = signal<readonly GuideInfo[]>([]);
/** The words that the model knows. */
export const vocabulary = signal<readonly string[]>([]);

export const modelName = computed(() => (typeof config.value['model'] === 'string' ? config.value['model'] : ''));
const model = computed(() => models.value.find((one) => one.model === modelName.value));

/** Words of the model's longest text: START and END take a token each. */
export const mostWords = computed(() => (model.value?.maxTokens ?? 42) - 2);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Milliseconds between two looks at the server, while it answers and while it does not. */
const [LOOK_MS, RETRY_MS] = [5000, 1000];

/** Asks the server how it is, again and again; when it answers anew, what the page knows of it is read anew. */
export async function keepLooking(): Promise<void> {
  await look();
  if (exported.engine !== undefined) return; // it starts once, or not at all
  setTimeout(() => void keepLooking(), link.value === 'up' ? LOOK_MS : RETRY_MS);
}

/** Asks the server once how it is. */
export async function look(): Promise<void> {
  try {
    const status: StatusAnswer & Partial<ExportStatus> = await server.status();
    version.value = status.version;
    provider.value = status.provider;
    if (link.value !== 'up') {
      models.value = (await server.models()).models;
      link.value = 'up';
    }
  } catch (error) {
    if (exported.engine !== undefined) failure.value = messageOf(error);
    link.value = error instanceof ServerError && (error.status === 401 || error.status === 403) ? 'refused' : 'down';
  }
}

/** Notes that the server did not answer. */
export function noteFailure(error: unknown): void {
  if (error instanceof TypeError && link.value === 'up') link.value = 'down';
}

effect(() => {
  const name = modelName.value;
  if (link.value !== 'up' || name === '') return;
  void server.guides(name).then(
    (answer) => (guides.value = answer.guides),
    () => (guides.value = []),
  );
  void server.vocabulary(name).then(
    (answer) => (vocabulary.value = answer.words),
    () => (vocabulary.value = []),
  );
});

/** Milliseconds without a change after which the config is checked. */
const PAUSE_MS = 200;

effect(() => {
  void text.value;
  isChecked.value = false;
  if (!isSound.value || link.value !== 'up') return;
  const asked = config.value;
  const timer = setTimeout(() => {
    server.check(asked as unknown as GenerateRequest).then(({ problems }) => {
      if (config.value !== asked) return;
      found.value = problems;
      isChecked.value = true;
    }, noteFailure);
  }, PAUSE_MS);
  return () => clearTimeout(timer);
});
