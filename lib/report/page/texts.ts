import type { ScoredText } from '../../evaluate/scored-texts.js';
import type { Mark } from '../../judges/judge.js';
import { cut, html, type Html } from './html.js';
import { percentText } from './tables.js';

/** Most characters of a target and of a detail, and most words of a text, that are shown: they keep the page small. */
const [TARGET, DETAIL, WORDS] = [240, 400, 400];

/** Returns a section of texts, each with its target and what failed in it. */
export function textsOf(title: string, texts: readonly ScoredText[], note: string): Html | undefined {
  if (texts.length === 0) return undefined;
  return html`<section>
    <h2>${title}</h2>
    <p class="note">${note}</p>
    ${texts.map(textOf)}
  </section>`;
}

function textOf({ line, scores }: ScoredText): Html {
  const guides = Object.entries(scores.guides);
  const costs = Object.entries(scores.fluency);
  const tokens = line.tokens.slice(0, WORDS);
  const details = guides.filter(([, { detail, marks = [] }]) => detail !== undefined && marks.length === 0);
  return html`<article>
    <p class="facts">
      <span>${line.id}</span>
      ${guides.map(([label, { value }]) => html`<span>${label} <b>${percentText(value)}</b></span>`)}
      ${costs.map(([judge, { nats, tokens: of }]) => html`<span>${(nats / Math.max(1, of)).toFixed(2)} nats per token (${judge})</span>`)}
      ${line.truncated ? html`<span>cut off at the maximum length</span>` : undefined}
      ${scores.copied ? html`<span>copied from the corpus</span>` : undefined}
    </p>
    <p class="asked">${cut(askedOf(line.target), TARGET)}</p>
    <p class="text">
      ${markedText(
        tokens,
        line.text,
        guides.flatMap(([, { marks = [] }]) => marks),
      )}
    </p>
    ${
      details.length > 0
        ? html`<ul>
            ${details.map(([label, { detail = '' }]) => html`<li>${label}: ${cut(detail, DETAIL)}</li>`)}
          </ul>`
        : undefined
    }
  </article>`;
}

/** Returns what was asked of a text, without the words of a reference. */
const askedOf = (target: ScoredText['line']['target']): string =>
  Object.entries(target)
    .filter(([field, value]) => !(field === 'words' && Array.isArray(value)) && !(Array.isArray(value) && value.length === 0))
    .map(([field, value]) => `${field}: ${Array.isArray(value) ? listed(value.map(plain)) : plain(value)}`)
    .join('; ');

/** Joins words and tags by spaces, phrases by commas. */
const listed = (items: readonly string[]): string => items.join(items.some((item) => item.includes(' ')) ? ', ' : ' ');

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns a text with its marks: a note under a single word, or brackets with the note around several words. */
export function markedText(tokens: readonly string[], text: string, marks: readonly Mark[]): Html {
  const gaps = spacesBefore(tokens, text);
  const known = different(marks).filter(({ start, end }) => start >= 0 && start <= end && end <= tokens.length);
  const ofWord = (i: number) => known.filter(({ start, end }) => start === i && end === i + 1);
  const around = known.filter(({ start, end }) => end !== start + 1);
  const closed = (i: number) => around.filter(({ start, end }) => end === i && start < i).map(() => html`<b class="gap">]</b>`);
  const missing = (i: number) => around.filter(({ start, end }) => start === i && end === i).map(missingMark);
  const positions = [...tokens, undefined]; // what is missing at the end comes after the last word
  return html`${positions.map((token, i) => {
    const own = token === undefined ? undefined : word(token, ofWord(i));
    return html`${closed(i)}${gaps[i] ? ' ' : ''}${missing(i)}${opened(around, i)}${own}`;
  })}`;
}

/** Drops repeated marks: two clauses of one guide find the same faults. */
const different = (marks: readonly Mark[]): Mark[] => [
  ...new Map(marks.map((mark) => [JSON.stringify([mark.start, mark.end, mark.note]), mark])).values(),
];

/** Returns the brackets that open before a word, the longest first. */
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

/** Returns whether the text has a space before each word. Words that it lacks are separated. */
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
