/**
 * Returns a Markdown document with one part replaced, or added at the end. The text outside the part is kept.
 *
 * @param by the command that writes the part, for readers of the source
 */
export function withPart(document: string, part: string, text: string, by: string): string {
  const begin = `<!-- begin ${part}: written by ${by} -->`;
  const end = `<!-- end ${part} -->`;
  const block = `${begin}\n\n${text.trim()}\n\n${end}`;
  const [from, to] = [document.indexOf(`<!-- begin ${part}:`), document.indexOf(end)];
  return from < 0 || to < from ? `${document}\n${block}\n` : document.slice(0, from) + block + document.slice(to + end.length);
}
