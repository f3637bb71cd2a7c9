/** A piece of HTML that may stand in a page as it is. */
export class Html {
  constructor(readonly source: string) {}
}

type Part = string | number | Html | undefined | readonly Part[];

/** HTML from a template: what is put in is text and is escaped, unless it is Html. Lists are joined, undefined is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(sourceOf)));
}

function sourceOf(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.source;
  return typeof part === 'object' ? part.map(sourceOf).join('') : escaped(String(part));
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => SIGNS[sign]!);

/** JSON that stands in a script element: nothing in it can end the element. */
export const embeddedJson = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));

/** At most so many characters of a text. */
export const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);
