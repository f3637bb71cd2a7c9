import type { GuideInfo } from 'diffusteer/client';
import { useState } from 'preact/hooks';
import type { ClauseJson } from '../config/clauses.js';
import { editList } from '../config/document.js';
import { classesOf, usableVias } from '../server/facts.js';
import { guides } from '../server/session.js';

/** A button that opens the list of guides; a click on one adds a clause to the list at a JSON path. */
export function Add({ at }: { at: string }) {
  const [isOpen, setOpen] = useState(false);
  const add = (clause: ClauseJson) => {
    editList(at, (list) => [...list, clause]);
    setOpen(false);
  };
  const usable = guides.value.filter((guide) => usableVias(guide).length > 0);
  return (
    <div class="adding" onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}>
      <button type="button" class="open" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Close' : '+ Add a control'}
      </button>
      {isOpen && (
        <ul class="palette">
          {usable.map((guide) => (
            <li key={guide.name}>
              <button type="button" onClick={() => add(startOf(guide))}>
                <b>{guide.name}</b> <small>{guide.summary}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Clauses that a person starts from; their words are in the vocabulary of nearly any English model. */
const STARTS: Readonly<Record<string, ClauseJson>> = {
  length: { length: { min: 8, max: 12 } },
  words: { all: [] },
  infill: { template: 'It is _:1-3 ...' },
  template: { template: 'It is <ADJ> ...' },
  regex: { pattern: 'It is <ADJ> .*' },
  pos: { tags: ['DET', 'NOUN', 'AUX', 'ADJ', 'PUNCT'] },
  tree: { tree: '(S (NP (DT The) (NN pub)) (VP (VBZ is) (ADJP (JJ cheap))) (. .))' },
  spans: { spans: [[0, 1, 'NP']] },
  reward: { module: '' },
};

function startOf(guide: GuideInfo): ClauseJson {
  const via = usableVias(guide)[0]!;
  const by = via === guide.places[0]!.via ? {} : { via };
  const [, slot, value] = /^(.*)\[(.*)\]$/.exec(classesOf(guide, via)[0] ?? '') ?? [];
  if (guide.name === 'attribute') return { guide: 'attribute', ...by, slot: slot ?? 'food', value: value ?? '' };
  if (guide.name === 'classify') return { guide: 'classify', ...by, label: classesOf(guide, via)[0] ?? '' };
  return { guide: guide.name, ...by, ...(STARTS[guide.name] ?? (guide.example as ClauseJson)) };
}
