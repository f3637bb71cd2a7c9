import { signal } from '@preact/signals';
import type { AnalyseAnswer } from 'diffusteer/client';
import { useState } from 'preact/hooks';
import type { ClauseJson } from '../config/clauses.js';
import { editList } from '../config/document.js';
import { messageOf, modelName, server } from '../server/session.js';

/** The sentence that was analysed last; editors show its words. */
export const example = signal<AnalyseAnswer | undefined>(undefined);

/** Analyses a sentence and offers what it is like as controls. */
export function Like() {
  const [sentence, setSentence] = useState('');
  const [failure, setFailure] = useState('');
  const analyse = async (event: Event) => {
    event.preventDefault();
    setFailure('');
    try {
      example.value = await server.analyse({ text: sentence, model: modelName.value });
    } catch (error) {
      setFailure(messageOf(error));
    }
  };
  return (
    <section class="like" aria-labelledby="like-title">
      <h3 id="like-title">Like this one</h3>
      <form onSubmit={(event) => void analyse(event)}>
        <input
          type="text"
          aria-label="A sentence to take controls from"
          placeholder="Paste a sentence"
          maxLength={2000}
          required
          value={sentence}
          onInput={(event) => setSentence(event.currentTarget.value)}
        />
        <button type="submit">Analyse</button>
      </form>
      {failure !== '' && <p class="problems">{failure}</p>}
      {example.value && <Offers of={example.value} />}
    </section>
  );
}

function Offers({ of }: { of: AnalyseAnswer }) {
  return (
    <div class="offers">
      <ol class="tagged" aria-label="The sentence and its tags">
        {of.words.map((word, i) => (
          <li key={i}>
            {word}
            <small>{of.tags[i]}</small>
          </li>
        ))}
      </ol>
      {of.unknown.length > 0 && <p class="note">The model does not know {of.unknown.join(', ')}.</p>}
      <p class="strip" role="group" aria-label="Add a control from this sentence">
        {offersOf(of).map(([name, clause]) => (
          <button key={name} type="button" onClick={() => editList('/guidance', (list) => [...list, clause])}>
            + {name}
          </button>
        ))}
      </p>
    </div>
  );
}

function offersOf({ length, tags, tree, spans }: AnalyseAnswer): [name: string, clause: ClauseJson][] {
  const phrases = spans.filter(([first, last], i) => last > first && last - first < length - 2 && i < 40).slice(0, 2);
  return [
    [`${length} words`, { guide: 'length', length }],
    ['its tags', { guide: 'pos', tags }],
    ...(tree.length > 0
      ? ([['its tree', { guide: 'tree', tree: tree.length === 1 ? tree[0] : tree }]] as [string, ClauseJson][])
      : []),
    ...phrases.map((span): [string, ClauseJson] => [
      `${span[2]} at words ${span[0] + 1} to ${span[1] + 1}`,
      { guide: 'spans', spans: [span] },
    ]),
  ];
}
