import type { Mark } from '../../judges/judge.js';
import { html, type Html } from './html.js';

/** A note of one word's mark stands under the word; of several words, brackets stand around them that name what is wrong. */
export function markedText(tokens: readonly string[], text: string, marks: readonly Mark[]): Html {
  const gaps = spacesBefore(tokens, text);
  const known = different(marks).filter(({ start, end }) => start >= 0 && start <= end && end <= tokens.length);
  const ofWord = (i: number) => known.filter(({ start, end }) => start === i && end === i + 1);
  const around = known.filter(({ start, end }) => end !== start + 1);
  const closed = (i: number) => around.filter(({ start, end }) => end === i && start < i).map(() => html`<b class="gap">]</b>`);
  const missing = (i: number) => around.filter(({ start, end }) => start === i && end === i).map(missingMark);
  const places = [...tokens, undefined]; // what is missing at the end stands behind the last word
  return html`${places.map((token, i) => {
    const own = token === undefined ? undefined : word(token, ofWord(i));
    return html`${closed(i)}${gaps[i] ? ' ' : ''}${missing(i)}${opened(around, i)}${own}`;
  })}`;
}

/** Two clauses of one guide find the same wrong. */
const different = (marks: readonly Mark[]): Mark[] => [
  ...new Map(marks.map((mark) => [JSON.stringify([mark.start, mark.end, mark.note]), mark])).values(),
];

/** Brackets that open before a word, the longest first. */
const opened = (marks: readonly Mark[], i: number): Html[] =>
  marks
    .filter(({ start, end }) => start === i && end > i)
    .sort((a, b) => b.end - a.end)
    .map(({ note }) => html`<b class="gap">[<small>${note}</small> </b>`);

const missingMark = ({ note }: Mark): Html => html`<b class="gap lacks">‸<small>${note}</small> </b>`;

function word(token: string, marks: readonly Mark[]): Html {
  if (marks.length === 0) return html`${token}`;
  const notes = marks.map(({ note }) => note).join('; ');
  return html`<ruby><u>${token}</u><rt>${notes}</rt></ruby>`;
}

/** Before which words the text has a space. What cannot be found in it is set apart. */
function spacesBefore(tokens: readonly string[], text: string): boolean[] {
  let at = 0;
  return tokens.map((token, i) => {
    const found = text.indexOf(token, at);
    if (found < 0) return i > 0;
    const isApart = /\s/u.test(text.slice(at, found));
    at = found + token.length;
    return i > 0 && isApart;
  });
}
