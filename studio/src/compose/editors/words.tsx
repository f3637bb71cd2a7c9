import { useState } from 'preact/hooks';
import { isRecord, textOf } from '../../config/clauses.js';
import { joinPath } from '../../config/json-source.js';
import { Chips, NumberInput, Problems, Row } from '../fields.js';
import { type EditorProps, setOption, stringsOf } from './editor.js';

const LISTS = [
  ['all', 'all of', 'Words or phrases that all occur, in any order'],
  ['any', 'one of', 'Words or phrases of which at least one occurs'],
  ['none', 'none of', 'Words or phrases that do not occur'],
] as const;

/** Words and phrases that occur, do not occur, or stand at a position. Lists that are empty are a button. */
export function WordsEditor({ clause, path }: EditorProps) {
  const [opened, setOpened] = useState<readonly string[]>([]);
  const setList = (option: string, values: readonly unknown[]) => setOption(path, option, values.length > 0 ? values : undefined);
  const placed = Array.isArray(clause['at']) ? clause['at'].filter(isRecord) : [];
  const isFilled = (option: string) => stringsOf(clause[option]).length > 0 || opened.includes(option);
  const isEmpty = placed.length === 0 && !LISTS.some(([option]) => isFilled(option));
  const [shown, hidden] = [true, false].map((wanted) =>
    LISTS.filter(([option]) => (isFilled(option) || (isEmpty && option === 'all')) === wanted),
  );
  return (
    <>
      {shown!.map(([option, name, hint]) => (
        <Row key={option} label={name} hint={hint} at={joinPath(path, option)}>
          {(aria) => <Chips aria={aria} values={stringsOf(clause[option])} onValues={(values) => setList(option, values)} />}
        </Row>
      ))}
      {placed.map((item, i) => (
        <PlacedWord
          key={i}
          item={item}
          at={joinPath(joinPath(path, 'at'), i)}
          onItem={(next) => setList('at', next === undefined ? placed.toSpliced(i, 1) : placed.with(i, next))}
        />
      ))}
      <div class="row foot">
        {hidden!.map(([option, name, hint]) => (
          <button key={option} type="button" class="quiet" title={hint} onClick={() => setOpened([...opened, option])}>
            + {name}
          </button>
        ))}
        <button
          type="button"
          class="quiet"
          title="A word or phrase at a position"
          onClick={() => setList('at', [...placed, { position: 0, word: 'The' }])}
        >
          + at position
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={clause['ignoreCase'] === true}
            onChange={(event) => setOption(path, 'ignoreCase', event.currentTarget.checked ? true : undefined)}
          />
          any case
        </label>
      </div>
    </>
  );
}

type Item = Record<string, unknown>;

/** A word or phrase, and how many words come before it. */
function PlacedWord({ item, at, onItem }: { item: Item; at: string; onItem: (item: Item | undefined) => void }) {
  return (
    <div class="row">
      <span class="name">after</span>
      <div class="field inline">
        <NumberInput
          aria-label="Words before it"
          min={0}
          value={Number(item['position'] ?? 0)}
          onValue={(position) => onItem({ ...item, position })}
        />
        <span class="soft">words</span>
        <input
          type="text"
          aria-label="Word there"
          autocapitalize="none"
          list="vocabulary"
          value={textOf(item['word'])}
          onInput={(event) => onItem({ ...item, word: event.currentTarget.value })}
        />
        <button type="button" class="quiet" aria-label="Remove this position" onClick={() => onItem(undefined)}>
          ×
        </button>
      </div>
      <Problems at={at} />
    </div>
  );
}
