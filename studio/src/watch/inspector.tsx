import type { TopWord } from 'diffusteer/client';
import { useState } from 'preact/hooks';
import { vocabulary } from '../server/session.js';
import { change } from './branch.js';
import { colourOf } from './colours.js';
import { natsOf } from './plot.js';
import type { Frame } from './run.js';
import { percentOf } from './words.js';

/** The most probable words at a position, what each guide added to them, and what a branch may do about the word. */
export function Inspector({ frame, position, labels }: { frame: Frame; position: number; labels: readonly string[] }) {
  const word = frame.words[position];
  if (word === undefined) return null;
  const keep = (chosen: string) => change({ kind: 'keep', position, word: chosen });
  return (
    <section class="inspector" aria-label={`Word ${position + 1}`}>
      <header>
        <h3>
          “{word.word}” <small>word {position + 1}</small>
        </h3>
        {word.entropy !== undefined && <span class="soft">{natsOf(word.entropy)} nats of entropy</span>}
      </header>
      {word.top === undefined ? (
        <p class="soft">The finished text. Go back a step to see what else was likely.</p>
      ) : (
        <table>
          <thead class="visually-hidden">
            <tr>
              <th>Word</th>
              <th>Probability</th>
              <th>Added by guides, nats</th>
            </tr>
          </thead>
          <tbody>
            {word.top.map((top) => (
              <Top key={top.word} top={top} labels={labels} isChosen={top.word === word.word} onKeep={() => keep(top.word)} />
            ))}
          </tbody>
        </table>
      )}
      <div class="strip">
        <button type="button" onClick={() => keep(word.word)}>
          Keep “{word.word}”
        </button>
        <button type="button" onClick={() => change({ kind: 'forbid', position, word: word.word })}>
          Forbid it
        </button>
        <Other onKeep={keep} />
      </div>
    </section>
  );
}

function Top({
  top,
  labels,
  isChosen,
  onKeep,
}: {
  top: TopWord;
  labels: readonly string[];
  isChosen: boolean;
  onKeep: () => void;
}) {
  const isWord = top.word !== 'END';
  return (
    <tr class={isChosen ? 'chosen' : undefined}>
      <th scope="row">
        {isWord ? (
          <button
            type="button"
            aria-label={`Change to ${top.word} in a branch`}
            title="Change to this word in a branch"
            onClick={onKeep}
          >
            {top.word}
          </button>
        ) : (
          <i class="soft">end</i>
        )}
      </th>
      <td class="bar">
        <span style={{ width: `${100 * top.probability}%` }} />
        <b>{percentOf(top.probability)}</b>
        {Math.abs(top.probability - top.unguided) >= 0.01 && <small class="soft"> alone {percentOf(top.unguided)}</small>}
      </td>
      <td class="added">
        {addedTo(top).map(([label, nats]) => (
          <span key={label} style={{ color: colourOf(label, labels) }}>
            {label} {nats > 0 && '+'}
            {natsOf(nats)}
          </span>
        ))}
      </td>
    </tr>
  );
}

/** Nats below which a share is not worth a reader's while. */
const LEAST = 0.005;

const addedTo = ({ added }: TopWord) => Object.entries(added).filter(([, nats]) => Math.abs(nats) >= LEAST);

/** Any other word of the vocabulary. */
function Other({ onKeep }: { onKeep: (word: string) => void }) {
  const [typed, setTyped] = useState('');
  const isKnown = vocabulary.value.length === 0 || vocabulary.value.includes(typed);
  const submit = (event: Event) => {
    event.preventDefault();
    if (typed === '' || !isKnown) return;
    onKeep(typed);
    setTyped('');
  };
  return (
    <form class="other" onSubmit={submit}>
      <input
        type="text"
        aria-label="Another word for this position"
        placeholder="another word"
        autocapitalize="none"
        list="vocabulary"
        aria-invalid={typed !== '' && !isKnown}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <button type="submit" disabled={typed === '' || !isKnown}>
        Change
      </button>
    </form>
  );
}
