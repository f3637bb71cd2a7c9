import { readFile } from 'node:fs/promises';

/** A fenced block of a Markdown file: its language, the rest of the line of its fence (a file name), its text. */
export interface Block {
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

export async function blocksOf(path: string): Promise<Block[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^```(\w+) *([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, language, name, body]) => ({
    language: language!,
    name: name!.trim(),
    text: body!,
  }));
}

/** Returns the arguments of each `npx diffusteer` of the shell blocks, in order. */
export function commandsOf(blocks: readonly Block[]): string[][] {
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'));
  return lines.flatMap((line) => (line.startsWith('npx diffusteer ') ? [line.split(' ').slice(2)] : []));
}
