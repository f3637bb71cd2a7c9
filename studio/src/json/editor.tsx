import { useRef } from 'preact/hooks';
import { canUndo, isSound, text, undo } from '../config/document.js';
import { positionOf } from '../config/json-source.js';
import { isChecked, placeName, problems, rangeOf } from '../config/problems.js';

/** The config as text: what the board shows, and the other way round. */
export function JsonEditor() {
  const field = useRef<HTMLTextAreaElement>(null);
  const jump = (from: number, to: number) => {
    field.current?.focus();
    field.current?.setSelectionRange(from, to);
  };
  return (
    <section class="json" aria-labelledby="json-title">
      <header>
        <h2 id="json-title">Config</h2>
        <button type="button" class="quiet" disabled={!canUndo.value} onClick={undo}>
          Undo
        </button>
      </header>
      <div class="scroll">
        <div class="sheet">
          <Lines />
          <div class="paper">
            <Highlighted />
            <textarea
              ref={field}
              aria-label="Config as JSON"
              aria-invalid={problems.value.length > 0}
              spellcheck={false}
              autocapitalize="none"
              autocomplete="off"
              wrap="off"
              value={text.value}
              onInput={(event) => (text.value = event.currentTarget.value)}
            />
          </div>
        </div>
      </div>
      <ProblemList onJump={jump} />
    </section>
  );
}

/** Line numbers; those with a problem are marked. */
function Lines() {
  const wrong = new Set(problems.value.flatMap((problem) => lineOf(problem) ?? []));
  return (
    <ol class="lines" aria-hidden="true">
      {text.value.split('\n').map((_, i) => (
        <li key={i} class={wrong.has(i + 1) ? 'wrong' : undefined}>
          {i + 1}
        </li>
      ))}
    </ol>
  );
}

const lineOf = (problem: Parameters<typeof rangeOf>[0]): number | undefined => {
  const range = rangeOf(problem);
  return range && positionOf(text.value, range.from).line;
};

const TOKEN = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b)/g;

/** The text in colours below the field, whose own letters are transparent; faulty values have a wavy line. */
function Highlighted() {
  const ranges = problems.value.flatMap((problem) => rangeOf(problem) ?? []);
  const source = text.value;
  const pieces: { from: number; to: number; kind?: string }[] = [];
  let at = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    const end = match.index + (colon === undefined ? whole.length : string!.length);
    pieces.push(
      { from: at, to: match.index },
      { from: match.index, to: end, kind: string === undefined ? 'value' : colon === undefined ? 'string' : 'key' },
    );
    at = end;
  }
  pieces.push({ from: at, to: source.length });
  return (
    <pre aria-hidden="true">
      {pieces.map(({ from, to, kind }, i) => {
        if (from === to) return null;
        const isWrong = ranges.some((range) => range.from <= from && to <= range.to && kind !== undefined && kind !== 'key');
        return (
          <span key={i} class={[kind, isWrong && 'wrong'].filter(Boolean).join(' ') || undefined}>
            {source.slice(from, to)}
          </span>
        );
      })}
      {'\n'}
    </pre>
  );
}

function ProblemList({ onJump }: { onJump: (from: number, to: number) => void }) {
  const list = problems.value;
  return (
    <div class="verdict" role="status">
      {list.length === 0 ? (
        <p class="soft">
          {isChecked.value ? (
            <>
              No problems. <code>diffusteer generate</code> runs it as it stands.
            </>
          ) : isSound.value ? (
            'Checking …'
          ) : (
            ''
          )}
        </p>
      ) : (
        <ul>
          {list.map((problem) => {
            const range = rangeOf(problem);
            return (
              <li key={problem.path + problem.message}>
                <button type="button" disabled={range === undefined} onClick={() => range && onJump(range.from, range.to)}>
                  {problem.path === '' ? (isSound.value ? 'config' : 'JSON') : placeName(problem.path)}
                </button>{' '}
                {problem.message}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
