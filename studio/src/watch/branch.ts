import { signal } from '@preact/signals';
import type { GenerateRequest } from 'diffusteer/client';
import { withValue } from '../config/edit-json.js';
import { head, selectedText } from './player.js';
import type { Run } from './run.js';
import { start } from './start.js';

type Clause = NonNullable<GenerateRequest['guidance']>[number];

/** What a branch does otherwise than the text that it departs from. */
export type Change =
  | { readonly kind: 'keep' | 'forbid'; readonly position: number; readonly word: string }
  | { readonly kind: 'weight'; readonly path: string; readonly label: string; readonly weight: number };

/** The changes of the branch that is being made, for the selected text. */
export const draft = signal<readonly Change[]>([]);

selectedText.subscribe(() => (draft.value = []));

const isSamePlace = (a: Change, b: Change): boolean =>
  a.kind === 'weight'
    ? b.kind === 'weight' && a.path === b.path
    : b.kind !== 'weight' && a.position === b.position && (a.word === b.word || (a.kind === 'keep' && b.kind === 'keep'));

/** Adds a change; one about the same word or weight makes room. */
export function change(next: Change): void {
  draft.value = [...draft.value.filter((old) => !isSamePlace(next, old)), next];
}

export const withdraw = (one: Change): void => void (draft.value = draft.value.filter((other) => other !== one));

/** Says a change in words. */
export function describe(one: Change): string {
  if (one.kind === 'weight') return `weight of ${one.label} ${one.weight}`;
  return one.kind === 'keep' ? `“${one.word}” at word ${one.position + 1}` : `never “${one.word}” at word ${one.position + 1}`;
}

/** The last step of a run at which a branch can depart: one step must be left. */
export const lastDeparture = (run: Run): number => (run.plan?.steps.last ?? 1) - 1;

/** Starts a branch of a text at the present step, with the changes of the draft. */
export function grow(run: Run, text: string): void {
  if (run.plan === undefined) return;
  const step = Math.min(head.value, lastDeparture(run));
  const of = run.plan.config;
  const candidate = run.tracks.find(({ id }) => id === text)?.candidate ?? 0;
  const branch = { of, text, step, ...(candidate > 0 && { candidate }) };
  start({ ...changed(of, draft.value), branch }, { run, text, step, changes: draft.value.map(describe) });
  draft.value = [];
}

/**
 * Returns a request with changes: clauses are added at the end, so that the others keep their labels. It samples one candidate, that which
 * it continues, so that what differs is due to the changes.
 */
export function changed(request: GenerateRequest, changes: readonly Change[]): GenerateRequest {
  const { branch: _, ...own } = request;
  const weighted = changes.reduce<unknown>(
    (config, one) => (one.kind === 'weight' ? withValue(config, `${one.path}/weight`, one.weight) : config),
    own,
  ) as GenerateRequest;
  const at = ({ position, word }: { position: number; word: string }): Clause => ({ guide: 'words', at: [{ position, word }] });
  const clauses = changes.flatMap((one): Clause[] =>
    one.kind === 'weight' ? [] : one.kind === 'keep' ? [at(one)] : [{ not: at(one) }],
  );
  return { ...weighted, ...oneCandidate(request), guidance: [...(weighted.guidance ?? []), ...clauses] };
}

/** The parts of `decode` that a choice among candidates takes. */
interface Choosing {
  readonly name?: string;
  readonly candidates?: number;
  readonly enough?: number;
  readonly repair?: number;
}

/** Returns how a request decodes without a choice among candidates. */
function oneCandidate({ decode }: GenerateRequest): { decode?: object } {
  const { candidates, enough: _, repair: __, ...rest } = (decode ?? {}) as Choosing;
  if (candidates === undefined || candidates === 1) return {};
  return { decode: rest.name === 'mbr' ? { name: 'argmax' } : rest };
}
