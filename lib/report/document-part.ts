/**
 * A Markdown document with one part of it written anew, or added at the end. What stands outside is written by people and kept.
 *
 * @param by the command that writes the part, for who reads the source
 */
export function withPart(document: string, part: string, text: string, by: string): string {
  const begin = `<!-- begin ${part}: written by ${by} -->`;
  const end = `<!-- end ${part} -->`;
  const block = `${begin}\n\n${text.trim()}\n\n${end}`;
  const [from, to] = [document.indexOf(`<!-- begin ${part}:`), document.indexOf(end)];
  return from < 0 || to < from ? `${document}\n${block}\n` : document.slice(0, from) + block + document.slice(to + end.length);
}
