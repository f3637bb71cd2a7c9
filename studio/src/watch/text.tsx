import type { PlanEvent } from 'diffusteer/client';
import { useMemo } from 'preact/hooks';
import { copy } from '../results/copy.js';
import { SaveConfig } from '../results/exports.js';
import { BranchDraft } from './branch-draft.js';
import { colourOf } from './colours.js';
import { Inspector } from './inspector.js';
import { branchesOf, head, selectedText, selectedWord } from './player.js';
import { Plots } from './plot.js';
import { frameAt, judgedOf, type Frame, type Run, type Track } from './run.js';
import { stop } from './start.js';
import { percentOf, Words } from './words.js';

/** A text of the shown run. The selected one has its plots, its words in detail, and its branches next to it. */
export function Text({ run, track, index }: { run: Run; track: Track; index: number }) {
  void run.tick.value;
  const isSelected = selectedText.value === track.id;
  const frame = frameAt(track, head.value);
  const branches = branchesOf(run, track.id);
  const pick = (position: number) => {
    selectedText.value = track.id;
    selectedWord.value = position;
  };
  const select = () => {
    selectedText.value = isSelected ? undefined : track.id;
    selectedWord.value = undefined;
  };
  return (
    <article
      class={['text', isSelected && 'selected', track.verdict].filter(Boolean).join(' ')}
      id={`text-${track.id}`}
      tabIndex={-1}
      data-text={track.id}
      aria-labelledby={`name-${track.id}`}
    >
      <header>
        <button type="button" class="pick" id={`name-${track.id}`} aria-expanded={isSelected} onClick={select}>
          Text {index + 1}
        </button>
        <Target track={track} />
        <Candidate run={run} track={track} />
        <Verdicts track={track} labels={run.labels} isShown={isFinished(track, frame)} />
        <Decide run={run} track={track} />
      </header>
      <div class={branches.length > 0 ? 'sides' : undefined}>
        <Side
          name={branches.length > 0 ? 'The text' : undefined}
          track={track}
          frame={frame}
          onPick={isSelected ? pick : undefined}
          onBody={isSelected ? undefined : select}
        />
        {branches.map((branch) => (
          <BranchSide key={branch.number} branch={branch} against={frame} />
        ))}
      </div>
      {isSelected && frame !== undefined && (
        <div class="details">
          <Plots
            track={track}
            labels={run.labels}
            branches={branches.flatMap((branch) => branch.tracks.map((other) => [`branch ${branch.number}`, other] as const))}
          />
          {selectedWord.value === undefined ? (
            <p class="note">Pick a word to see what else was likely there, and to branch from this step.</p>
          ) : (
            <Inspector frame={frame} position={selectedWord.value} labels={run.labels} />
          )}
          <BranchDraft run={run} text={track.id} />
          <Steps track={track} />
        </div>
      )}
    </article>
  );
}

const isFinished = ({ text }: Track, frame: Frame | undefined): boolean => text !== undefined && frame?.time === 0;

/** What was asked of a text that has a target of its own. */
function Target({ track }: { track: Track }) {
  const asked = Object.entries(track.target).map(
    ([field, value]) => `${field}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return asked.length === 0 ? null : <span class="asked">{asked.join('; ')}</span>;
}

/** Says which of several candidates is shown, and which became the text. */
function Candidate({ run: { plan }, track }: { run: Run; track: Track }) {
  if (plan === undefined || plan.candidates === 1) return null;
  return <span class="asked candidate">{candidateText(plan, track)}</span>;
}

function candidateText({ config, candidates, guides, steps }: PlanEvent, { candidate, frames, text }: Track): string {
  const { chosen } = text ?? {};
  const name = guides.some(({ via }) => via === 'particles') ? 'trajectory' : 'candidate';
  if (chosen) {
    const choice = `${name} ${chosen.candidate + 1} of ${chosen.of}`;
    return chosen.candidate === candidate ? choice : `${choice}; the steps are those of ${name} ${candidate + 1}`;
  }
  const isOpen = (config['decode'] as { enough?: number } | undefined)?.enough !== undefined;
  const shown = `${name} ${candidate + 1} of ${isOpen ? 'up to ' : ''}${candidates}`;
  if (candidate > 0) return `${shown}, the chosen one`;
  return (frames.at(-1)?.step ?? -1) < steps.last ? shown : `${shown}; comparing it with others …`;
}

/** What the judges say of the clauses of a finished text, and what the guides say of those that have no judge. */
function Verdicts({ track, labels, isShown }: { track: Track; labels: readonly string[]; isShown: boolean }) {
  if (!isShown) return null;
  const judged = judgedOf(track);
  const unjudged = Object.entries(track.text?.line.guides ?? {}).filter(
    ([label, { holds, inside }]) => holds !== undefined && inside === undefined && !judged.some(([known]) => known === label),
  );
  return (
    <ul class="verdicts" aria-label="Controls">
      {judged.map(([label, { value, detail }]) => (
        <li key={label} class={value < 1 ? 'fails' : undefined} title={detail} style={{ '--c': colourOf(label, labels) }}>
          {label} {value === 1 ? '✓' : value === 0 ? '✗' : percentOf(value)}
        </li>
      ))}
      {unjudged.map(([label, { holds }]) => (
        <li
          key={label}
          class={holds === true ? undefined : 'fails'}
          title="By the guide itself"
          style={{ '--c': colourOf(label, labels) }}
        >
          {label} {holds === true ? '✓' : '✗'}
        </li>
      ))}
    </ul>
  );
}

/** Keeps, drops or copies a finished text. */
function Decide({ run, track }: { run: Run; track: Track }) {
  if (track.text === undefined) return null;
  const decide = (verdict: 'kept' | 'dropped') => {
    track.verdict = track.verdict === verdict ? undefined : verdict;
    run.tick.value += 1;
  };
  return (
    <span class="decide">
      <button
        type="button"
        aria-pressed={track.verdict === 'kept'}
        aria-keyshortcuts="y"
        title="Keep (y)"
        onClick={() => decide('kept')}
      >
        Keep
      </button>
      <button
        type="button"
        aria-pressed={track.verdict === 'dropped'}
        aria-keyshortcuts="n"
        title="Drop (n)"
        onClick={() => decide('dropped')}
      >
        Drop
      </button>
      <button type="button" aria-keyshortcuts="c" title="Copy (c)" onClick={() => void copy(track.text!.line.text)}>
        Copy
      </button>
    </span>
  );
}

interface SideProps {
  readonly name: string | undefined;
  readonly track: Track;
  readonly frame: Frame | undefined;
  readonly onPick?: ((position: number) => void) | undefined;
  readonly onBody?: (() => void) | undefined;
  readonly changed?: ReadonlySet<number>;
}

function Side({ name, track, frame, onPick, onBody, changed }: SideProps) {
  const marks = isFinished(track, frame) ? judgedOf(track).flatMap(([, { marks: own }]) => own) : [];
  return (
    // A mouse may select a text anywhere on its words; the keyboard does so with the button of its name.
    <div class="side" onClick={onBody}>
      {name !== undefined && <h3>{name}</h3>}
      <Words frame={frame} onPick={onPick} picked={onPick ? selectedWord.value : undefined} marks={marks} changed={changed} />
    </div>
  );
}

/** A branch, next to the text that it departs from. Up to its first step it is that text. */
function BranchSide({ branch, against }: { branch: Run; against: Frame | undefined }) {
  void branch.tick.value;
  const state = branch.state.value;
  const { step, changes, run, text } = branch.origin!;
  const track = branch.tracks[0];
  const shared = run.tracks.find(({ id }) => id === text);
  const frame =
    track !== undefined && head.value > step && track.frames.length > 0
      ? frameAt(track, head.value)
      : shared && frameAt(shared, Math.min(head.value, step));
  const changed = useMemo(() => differing(frame, against), [frame, against]);
  return (
    <div class="side branch">
      <h3>
        Branch from step {step + 1}
        <small>{changes.length > 0 ? changes.join(', ') : 'as it was'}</small>
        {state === 'running' && (
          <button type="button" class="quiet" onClick={() => stop(branch)}>
            stop
          </button>
        )}
      </h3>
      <Words
        frame={frame}
        changed={changed}
        marks={track && isFinished(track, frame) ? judgedOf(track).flatMap(([, { marks }]) => marks) : []}
      />
      {track && (
        <p class="branch-foot">
          <Verdicts track={track} labels={branch.labels} isShown={isFinished(track, frame)} />
          <Decide run={branch} track={track} />
          {track.text && <SaveConfig run={branch} name="branch.json" />}
        </p>
      )}
      {state === 'failed' && <p class="problems">{branch.message}</p>}
    </div>
  );
}

/** Returns the positions at which a frame has another word than one next to it. */
function differing(frame: Frame | undefined, against: Frame | undefined): ReadonlySet<number> {
  const words = frame?.words ?? [];
  return new Set(words.flatMap(({ word }, i) => (against?.words[i]?.word === word ? [] : [i])));
}

/** All steps of a text below each other. */
function Steps({ track }: { track: Track }) {
  return (
    <details class="steps">
      <summary>All steps</summary>
      <ol>
        {track.frames.map((frame) => (
          <li key={frame.step} class={frame.step === head.value ? 'now' : undefined}>
            <span class="number">{frame.time === 0 ? 'text' : frame.step + 1}</span>
            <Words frame={frame} />
          </li>
        ))}
      </ol>
    </details>
  );
}
