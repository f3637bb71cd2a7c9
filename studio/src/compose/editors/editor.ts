import type { GuideInfo } from 'diffusteer/client';
import type { ClauseJson } from '../../config/clauses.js';
import { setAt } from '../../config/document.js';
import { joinPath } from '../../config/json-source.js';

/** What the editor of a guide's options is given. */
export interface EditorProps {
  readonly clause: ClauseJson;
  readonly path: string;
  readonly guide: GuideInfo;
  /** Words of the model's longest text. */
  readonly mostWords: number;
}

/** Returns the strings of an option that may be missing or of another type. */
export const stringsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string')
    : typeof value === 'string'
      ? [value]
      : [];

/** Sets an option of a clause; undefined takes it out. */
export const setOption = (path: string, option: string, value: unknown): void => setAt(joinPath(path, option), value);
