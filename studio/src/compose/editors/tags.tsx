import { useState } from 'preact/hooks';
import { joinPath } from '../../config/json-source.js';
import { Problems } from '../fields.js';
import { type EditorProps, setOption, stringsOf } from './editor.js';
import { TAGS } from './tag-names.js';

const nameOf = (tag: string): string => (tag === '*' ? 'any word' : (TAGS.find(([name]) => name === tag)?.[1] ?? tag));

/** A tag for each word, picked from a strip. A slot that is selected takes the tag; otherwise it is added at the end. */
export function TagsEditor({ clause, path }: EditorProps) {
  const tags = stringsOf(clause['tags']);
  const [selected, setSelected] = useState<number>();
  const set = (next: readonly string[]) => setOption(path, 'tags', next);
  const pick = (tag: string) => {
    if (selected === undefined || selected >= tags.length) return set([...tags, tag]);
    set(tags.with(selected, tag));
    setSelected(selected + 1 < tags.length ? selected + 1 : undefined);
  };
  const remove = (i: number) => {
    set(tags.toSpliced(i, 1));
    setSelected(undefined);
  };
  const key = (event: KeyboardEvent, i: number) => {
    if (event.key === 'Delete' || event.key === 'Backspace') remove(i);
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const to = (event.currentTarget as HTMLElement).parentElement!.children[i + (event.key === 'ArrowRight' ? 1 : -1)];
      if (to instanceof HTMLElement) to.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="tags">
      <div class="slots" role="group" aria-label="Tags of the words, in order. Delete takes one out.">
        {tags.map((tag, i) => (
          <button
            key={i}
            type="button"
            class="slot"
            aria-pressed={selected === i}
            title={nameOf(tag)}
            onKeyDown={(event) => key(event, i)}
            onClick={() => setSelected(selected === i ? undefined : i)}
          >
            <small>{i + 1}</small>
            {tag}
          </button>
        ))}
        {tags.length === 0 && <span class="soft">Pick a tag for the first word.</span>}
      </div>
      <div class="strip" role="group" aria-label={selected === undefined ? 'Add a tag' : `Tag of word ${selected + 1}`}>
        {[...TAGS, ['*', 'any word'] as const].map(([tag, name]) => (
          <button key={tag} type="button" title={name} aria-label={`${tag}, ${name}`} onClick={() => pick(tag)}>
            {tag}
          </button>
        ))}
        <button type="button" class="quiet" disabled={tags.length === 0} onClick={() => remove(selected ?? tags.length - 1)}>
          ⌫ <span class="visually-hidden">Remove {selected === undefined ? 'the last tag' : `tag ${selected + 1}`}</span>
        </button>
      </div>
      <Problems at={joinPath(path, 'tags')} />
    </div>
  );
}
