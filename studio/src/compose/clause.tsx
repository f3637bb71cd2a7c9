import type { GuideInfo } from 'diffusteer/client';
import type { ComponentChildren, ComponentType } from 'preact';
import { type ClauseJson, grouped, isRecord, membersOf, negated, operatorOf, textOf } from '../config/clauses.js';
import { config, editList, labels, setAt } from '../config/document.js';
import { valueAt } from '../config/edit-json.js';
import { joinPath } from '../config/json-source.js';
import { isUnder, problems } from '../config/problems.js';
import { optionsOf, usableVias } from '../server/facts.js';
import { guides, mostWords } from '../server/session.js';
import { colourOf } from '../watch/colours.js';
import { Add } from './add.js';
import { AttributeEditor, LabelEditor } from './editors/choices.js';
import type { EditorProps } from './editors/editor.js';
import { GenericEditor } from './editors/generic.js';
import { LengthEditor } from './editors/length.js';
import { PatternEditor } from './editors/pattern.js';
import { SpansEditor } from './editors/spans.js';
import { TagsEditor } from './editors/tags.js';
import { TreeEditor } from './editors/tree.js';
import { WordsEditor } from './editors/words.js';
import { Choice } from './fields.js';
import { Strength } from './strength.js';

/** Editors of the guides that have one; others get a field for each option. */
const EDITORS: Readonly<Record<string, ComponentType<EditorProps>>> = {
  length: LengthEditor,
  words: WordsEditor,
  infill: PatternEditor,
  template: PatternEditor,
  regex: PatternEditor,
  pos: TagsEditor,
  tree: TreeEditor,
  spans: SpansEditor,
  attribute: AttributeEditor,
  classify: LabelEditor,
};

/** Keys of a clause that every guide has. */
const COMMON = ['guide', 'via', 'weight', 'window'];

export interface ClauseProps {
  readonly clause: ClauseJson;
  readonly path: string;
  /** Whether an `any` or a `not` contains it; then it has neither a window nor a weight of its own. */
  readonly isInside?: boolean;
}

/** A clause on the board: a guide with its options, or a group. */
export function Clause(props: ClauseProps) {
  return operatorOf(props.clause) === undefined ? <GuideCard {...props} /> : <GroupCard {...props} />;
}

function GuideCard({ clause, path, isInside = false }: ClauseProps) {
  const name = textOf(clause['guide']);
  const guide = guides.value.find((one) => one.name === name);
  return (
    <article class="clause" data-path={path} style={{ '--c': colourOf(labels.value.get(path)) }}>
      <header>
        <h3 title={guide?.summary}>{labels.value.get(path) ?? name}</h3>
        <Actions clause={clause} path={path} />
      </header>
      {guide && <Options guide={guide} clause={clause} path={path} />}
      <OwnProblems path={path} keys={guide ? ['via', 'weight', 'window', ...Object.keys(optionsOf(guide))] : []} />
      {!isInside && <Strength clause={clause} path={path} vias={guide ? usableVias(guide) : []} />}
    </article>
  );
}

/** The editor of a guide. Options that come from the target are shown as such; the other options keep their fields. */
function Options({ guide, clause, path }: { guide: GuideInfo; clause: ClauseJson; path: string }) {
  const taken = Object.entries(clause).filter(
    ([key, value]) => !COMMON.includes(key) && isRecord(value) && typeof value['from'] === 'string',
  );
  const Editor = taken.length > 0 ? GenericEditor : (EDITORS[guide.name] ?? GenericEditor);
  return (
    <div class="options">
      <Editor guide={guide} clause={clause} path={path} mostWords={mostWords.value} />
    </div>
  );
}

/** Problems of a clause that none of its fields shows. */
function OwnProblems({ path, keys }: { path: string; keys: readonly string[] }) {
  const shown = keys.map((key) => joinPath(path, key));
  const own = problems.value.filter((p) => isUnder(p.path, path) && !shown.some((at) => isUnder(p.path, at)));
  if (own.length === 0) return null;
  return (
    <ul class="problems" data-path={path}>
      {own.map(({ path: at, message }) => (
        <li key={at + message}>{message}</li>
      ))}
    </ul>
  );
}

const OPERATORS = [
  ['all', 'all of these'],
  ['any', 'one of these'],
] as const;

function GroupCard({ clause, path, isInside = false }: ClauseProps) {
  const operator = operatorOf(clause)!;
  const members = membersOf(clause, path);
  const change = (to: 'all' | 'any') =>
    setAt(path, Object.fromEntries(Object.entries(clause).map(([key, value]) => [key === operator ? to : key, value])));
  return (
    <article class={`clause group ${operator}`} data-path={path} style={{ '--c': colourOf(labels.value.get(path)) }}>
      <header>
        {operator === 'not' ? (
          <h3>not</h3>
        ) : (
          <Choice label="How the clauses combine" value={operator} options={OPERATORS} onValue={change} />
        )}
        <Actions clause={clause} path={path} />
      </header>
      <div class="members">
        {members.map((member) => (
          <Clause key={member.path} {...member} isInside={isInside || operator !== 'all'} />
        ))}
      </div>
      {operator !== 'not' && <Add at={joinPath(path, operator)} />}
      <OwnProblems path={path} keys={[operator, 'weight', 'window']} />
      {!isInside && <Strength clause={clause} path={path} vias={[]} />}
    </article>
  );
}

/** Buttons that nest, copy, move and remove a clause. */
function Actions({ clause, path }: { clause: ClauseJson; path: string }) {
  const [list, index] = placeOf(path);
  const label = labels.value.get(path) ?? operatorOf(clause) ?? '';
  const isNegated = operatorOf(clause) === 'not';
  const actions: [sign: ComponentChildren, name: string, act: () => void, works: boolean][] = [
    ['not', isNegated ? 'not: no longer' : 'not: must not hold', () => setAt(path, negated(clause)), true],
    ['or', 'or: put into “one of these”', () => setAt(path, grouped(clause, 'any')), true],
    [UP, 'Move up', () => editList(list, (items) => moved(items, index!, -1)), index !== undefined && index > 0],
    [COPY, 'Duplicate', () => editList(list, (items) => items.toSpliced(index! + 1, 0, clause)), index !== undefined],
    [CROSS, 'Remove', () => remove(path), true],
  ];
  return (
    <span class="actions" role="group" aria-label={`Change ${label}`}>
      {actions.map(([sign, name, act, works]) => (
        <button key={name} type="button" title={name} aria-label={`${name} (${label})`} disabled={!works} onClick={act}>
          {sign}
        </button>
      ))}
    </span>
  );
}

const icon = (d: string) => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d={d} />
  </svg>
);
const UP = icon('M8 13V3.5M4 7.5l4-4 4 4');
const COPY = icon('M6 6h7v7H6zM10 3.5V3H3v7h.5');
const CROSS = icon('M4 4l8 8M12 4l-8 8');

/** Returns the path of the list that a clause is in, and its index there; no index if it is inside a `not`. */
function placeOf(path: string): [list: string, index: number | undefined] {
  const cut = path.lastIndexOf('/');
  const key = path.slice(cut + 1);
  return [path.slice(0, cut), /^\d+$/.test(key) ? Number(key) : undefined];
}

function moved(items: readonly unknown[], index: number, by: number): unknown[] {
  const item = items[index];
  return items.toSpliced(index, 1).toSpliced(index + by, 0, item);
}

/** Takes a clause out, and each group around it that would be empty. */
function remove(path: string): void {
  const [list, index] = placeOf(path);
  const items = valueAt(config.value, list);
  const isOnly = index === undefined || (Array.isArray(items) && items.length === 1 && list !== '/guidance');
  if (isOnly) remove(index === undefined ? list : list.slice(0, list.lastIndexOf('/')));
  else editList(list, (all) => all.toSpliced(index, 1));
}
