import { useState } from 'preact/hooks';
import { joinPath } from '../../config/json-source.js';
import { example } from '../like.js';
import { Problems } from '../fields.js';
import { type EditorProps, setOption } from './editor.js';
import { PHRASES } from './tag-names.js';

type Span = readonly [first: number, last: number, label: string];

const spansOf = (value: unknown): Span[] =>
  (Array.isArray(value) ? value : []).filter(
    (span): span is Span => Array.isArray(span) && typeof span[0] === 'number' && typeof span[1] === 'number',
  );

/** Fewest word positions that are shown, and how many follow the last span. */
const [FEWEST, FURTHER] = [12, 3];

/** Constituents, dragged over the positions of words; a label makes the selection one. */
export function SpansEditor({ clause, path, mostWords }: EditorProps) {
  const spans = spansOf(clause['spans']);
  const [range, setRange] = useState<readonly [number, number]>();
  const [anchor, setAnchor] = useState<number>();
  const words = example.value?.words ?? [];
  const count = Math.min(mostWords, Math.max(FEWEST, words.length, ...spans.map(([, last]) => last + 1 + FURTHER)));
  const set = (next: readonly Span[]) => setOption(path, 'spans', next);
  const extend = (to: number, from = anchor) =>
    from !== undefined && to >= 0 && to < count && setRange([Math.min(from, to), Math.max(from, to)]);
  const start = (i: number, isLonger: boolean) => {
    if (isLonger) return extend(i);
    setAnchor(i);
    setRange([i, i]);
  };
  const key = (event: KeyboardEvent, i: number) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    if (event.shiftKey) extend(i + by, anchor ?? i);
    ((event.currentTarget as HTMLElement).parentElement?.children[i + by] as HTMLElement | undefined)?.focus();
  };
  const [low, high] = range ?? [-1, -1];
  return (
    <div class="spans">
      <div class="grid" style={{ gridTemplateColumns: `repeat(${count}, minmax(2.1rem, auto))` }}>
        {Array.from({ length: count }, (_, i) => (
          <button
            key={i}
            type="button"
            class="at"
            style={{ gridColumn: i + 1 }}
            aria-label={`Word ${i + 1}${words[i] === undefined ? '' : `, ${words[i]}`}`}
            aria-pressed={i >= low && i <= high}
            onPointerDown={(event) => (event.currentTarget.releasePointerCapture(event.pointerId), start(i, event.shiftKey))}
            onPointerEnter={(event) => event.buttons === 1 && extend(i)}
            onKeyDown={(event) => key(event, i)}
            onClick={(event) => event.detail === 0 && start(i, event.shiftKey)}
          >
            {words[i] ?? i + 1}
          </button>
        ))}
        {spans.map(([first, last, label], i) => (
          <button
            key={`${i}-span`}
            type="button"
            class="span"
            style={{ gridColumn: `${first + 1} / ${Math.min(count, last + 1) + 1}`, gridRow: i + 2 }}
            aria-label={`Remove ${label} over words ${first + 1} to ${last + 1}`}
            title="Remove"
            onClick={() => set(spans.toSpliced(i, 1))}
          >
            {label} <span aria-hidden="true">×</span>
          </button>
        ))}
      </div>
      <div class="strip" role="group" aria-label="Label of the selected words">
        {PHRASES.map(([label, name]) => (
          <button
            key={label}
            type="button"
            title={name}
            disabled={range === undefined}
            onClick={() => (set([...spans, [low, high, label]]), setRange(undefined))}
          >
            {label}
          </button>
        ))}
        <span class="soft">
          {range === undefined ? 'Drag over words, then pick a label.' : `words ${low + 1} to ${high + 1}`}
        </span>
      </div>
      <Problems at={joinPath(path, 'spans')} />
    </div>
  );
}
