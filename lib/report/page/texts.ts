import type { ScoredText } from '../../evaluate/scored-texts.js';
import { cut, html, type Html } from './html.js';
import { markedText } from './marked-text.js';
import { percentText } from './tables.js';

/** Characters of a target and of a detail, and words of a text, that are shown: a page stays small whatever a run holds. */
const [TARGET, DETAIL, WORDS] = [240, 400, 400];

/** Texts of a run, what was asked of each, and what failed in it. */
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
      ${costs.map(([judge, { nats, tokens: of }]) => html`<span>${(nats / Math.max(1, of)).toFixed(2)} nats a token (${judge})</span>`)}
      ${line.truncated ? html`<span>cut off by the canvas</span>` : undefined}
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

/** What was asked of a text. The words of a reference are what it is not to be. */
const askedOf = (target: ScoredText['line']['target']): string =>
  Object.entries(target)
    .filter(([field, value]) => !(field === 'words' && Array.isArray(value)) && !(Array.isArray(value) && value.length === 0))
    .map(([field, value]) => `${field}: ${Array.isArray(value) ? listed(value.map(plain)) : plain(value)}`)
    .join('; ');

/** Words and tags stand in a row, phrases are told apart. */
const listed = (items: readonly string[]): string => items.join(items.some((item) => item.includes(' ')) ? ', ' : ' ');

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
