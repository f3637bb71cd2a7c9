import type { JudgedClause } from 'diffusteer/client';
import { shading } from './player.js';
import type { Frame, ShownWord } from './run.js';

/** Words that a judge finds wrong, or a position at which something is missing. */
export type Mark = JudgedClause['marks'][number];

/** Entropy, in nats, at which a word is palest. */
const OPEN = 3;
/** Lowest opacity of a word, which keeps the contrast of its letters. */
const PALEST = 0.64;
/** Share of the tint of the most open word. */
const MOST_TINT = 42;

const NO_SPACE_BEFORE = /^(?:[.,;:!?)\]%’”-]|'(?:s|re|ve|ll|d|m|t)?$|n't$)/i;
const NO_SPACE_AFTER = /^[([£$“-]$/;

interface WordsProps {
  readonly frame: Frame | undefined;
  /** Makes the words buttons. */
  readonly onPick?: ((position: number) => void) | undefined;
  readonly picked?: number | undefined;
  readonly marks?: readonly Mark[] | undefined;
  /** Positions to set off, such as what a branch changed. */
  readonly changed?: ReadonlySet<number> | undefined;
}

/** The words of a text at a step: pale or tinted while uncertain, with what is wrong in a finished text. */
export function Words({ frame, onPick, picked, marks = [], changed }: WordsProps) {
  if (frame === undefined) return <p class="words waiting">…</p>;
  return (
    <p class="words">
      {frame.words.map((word, i) => (
        <span key={i}>
          {i > 0 && !NO_SPACE_BEFORE.test(word.word) && !NO_SPACE_AFTER.test(frame.words[i - 1]!.word) && ' '}
          <Opened marks={marks} at={i} />
          <Word
            word={word}
            note={noteOf(marks, i)}
            isChanged={changed?.has(i) === true}
            isPicked={picked === i}
            {...(onPick ? { onPick: () => onPick(i) } : {})}
          />
          {marks.some(({ start, end }) => end === i + 1 && end > start + 1) && <b class="gap">]</b>}
        </span>
      ))}
      <Opened marks={marks} at={frame.words.length} />
    </p>
  );
}

function Word({
  word,
  note,
  isChanged,
  isPicked,
  onPick,
}: {
  word: ShownWord;
  note: string | undefined;
  isChanged: boolean;
  isPicked: boolean;
  onPick?: () => void;
}) {
  const open = Math.min(1, (word.entropy ?? 0) / OPEN);
  const style =
    shading.value === 'fade'
      ? { opacity: 1 - (1 - PALEST) * open }
      : { background: `color-mix(in srgb, var(--tint) ${Math.round(MOST_TINT * open)}%, transparent)` };
  const title = word.entropy === undefined ? note : `${word.entropy.toFixed(2)} nats, ${percentOf(word.probability ?? 1)}`;
  const kind = ['word', note !== undefined && 'failed', isChanged && 'changed', isPicked && 'picked'].filter(Boolean).join(' ');
  const shown =
    note === undefined ? (
      word.word
    ) : (
      <ruby>
        <u>{word.word}</u>
        <rt>{note}</rt>
      </ruby>
    );
  if (onPick === undefined)
    return (
      <span class={kind} style={style} title={title}>
        {shown}
      </span>
    );
  return (
    <button type="button" class={kind} style={style} title={title} aria-pressed={isPicked} onClick={onPick}>
      {shown}
    </button>
  );
}

/** Returns what is wrong with a single word. */
function noteOf(marks: readonly Mark[], at: number): string | undefined {
  const notes = marks.filter(({ start, end }) => start === at && end === at + 1).map(({ note }) => note);
  return notes.length === 0 ? undefined : notes.join('; ');
}

/** What is missing before a word, and what is wrong with several words from it on. */
function Opened({ marks, at }: { marks: readonly Mark[]; at: number }) {
  const here = marks.filter(({ start, end }) => start === at && end !== at + 1);
  return (
    <>
      {here.map(({ start, end, note }) => (
        <b key={`${end} ${note}`} class="gap">
          {start === end ? '‸' : '['}
          <small>{note}</small>{' '}
        </b>
      ))}
    </>
  );
}

export const percentOf = (share: number): string => (share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(100 * share)} %`);
