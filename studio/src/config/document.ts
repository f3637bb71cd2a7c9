import { computed, signal } from '@preact/signals';
import { isRecord, labelsOf } from './clauses.js';
import { formatJson, valueAt, withValue } from './edit-json.js';
import { JsonSyntaxError, readJsonSource, type JsonSource } from './json-source.js';

/** The config as it stands in the editor. All else on the page is computed from this text. */
export const text = signal('{}');

type Parsed = JsonSource | JsonSyntaxError;

/** The config's value and where each part of it stands, or its syntax error. */
export const parsed = computed<Parsed>(() => {
  try {
    return readJsonSource(text.value);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error;
    throw error;
  }
});

let lastSound: Readonly<Record<string, unknown>> = {};

/** The config, or while its text is no JSON object, the last one that was. */
export const config = computed(() => {
  const read = parsed.value;
  if (!(read instanceof JsonSyntaxError) && isRecord(read.value)) lastSound = read.value;
  return lastSound;
});

/** Whether the text is a JSON object, so that the board can change it. */
export const isSound = computed(() => {
  const read = parsed.value;
  return !(read instanceof JsonSyntaxError) && isRecord(read.value);
});

/** Labels of the clauses in results, by JSON path. */
export const labels = computed(() => labelsOf(config.value['guidance']));

/** Most texts that `undo` goes back. */
const MOST_UNDO = 200;
const before: string[] = [];
export const canUndo = signal(false);

/** Replaces the whole config. */
export function replaceConfig(value: unknown): void {
  const next = formatJson(value);
  if (next === text.value) return;
  before.push(text.value);
  if (before.length > MOST_UNDO) before.shift();
  canUndo.value = true;
  text.value = next;
}

/** Sets the value at a JSON path; undefined takes the member out. Does nothing while the text is no JSON. */
export function setAt(path: string, value: unknown): void {
  if (isSound.value) replaceConfig(withValue(config.value, path, value));
}

/** Applies a function to the list at a JSON path. */
export function editList(path: string, edit: (list: unknown[]) => readonly unknown[]): void {
  const list = valueAt(config.value, path);
  setAt(path, edit(Array.isArray(list) ? [...(list as unknown[])] : []));
}

/** Goes back to the text before the last change by the board. */
export function undo(): void {
  const last = before.pop();
  if (last !== undefined) text.value = last;
  canUndo.value = before.length > 0;
}
