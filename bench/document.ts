import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { withPart } from '../lib/report/document-part.js';

/** Writes one part of a Markdown file anew, or adds it at the end. */
export function writePart(file: string, part: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '# Benchmarks\n';
  writeFileSync(file, withPart(before, part, text, 'npm run bench'));
}
