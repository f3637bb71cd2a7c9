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

/** Returns the arguments of each `npx diffusteer` of the shell blocks, in order, with those of lines that continue it. */
export function commandsOf(blocks: readonly Block[]): string[][] {
  const shell = blocks.filter(({ language }) => language === 'sh');
  const lines = shell.flatMap(({ text }) => text.replace(/\\\n\s*/g, '').split('\n'));
  return lines.filter((line) => line.startsWith('npx diffusteer ')).map(argumentsOf);
}

const argumentsOf = (line: string): string[] =>
  line
    .replace(/\s+#.*$/, '')
    .split(/\s+/)
    .slice(2);
