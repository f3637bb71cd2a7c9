import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Where a part of the document that the benchmark writes begins and ends; what stands outside is written by people and kept. */
const begin = (part: string) => `<!-- begin ${part}: written by npm run bench -->`;
const end = (part: string) => `<!-- end ${part} -->`;

/** Writes one part of a Markdown file anew, or adds it at the end. */
export function writePart(file: string, part: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '# Benchmarks\n';
  const block = `${begin(part)}\n\n${text.trim()}\n\n${end(part)}`;
  const [from, to] = [before.indexOf(begin(part)), before.indexOf(end(part))];
  const after = from < 0 ? `${before}\n${block}\n` : before.slice(0, from) + block + before.slice(to + end(part).length);
  writeFileSync(file, after);
}
