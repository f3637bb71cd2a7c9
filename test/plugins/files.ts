import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files into a folder, by their paths in it. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** The source of a guide that forbids words, with some of its fields replaced. */
export function guideSource(changes: Readonly<Record<string, string>> = {}, more = ''): string {
  const fields: Record<string, string> = {
    name: `'avoid'`,
    summary: `'Some words do not occur.'`,
    options: `Type.Object({ words: Type.Array(Type.String()) })`,
    example: `{ words: ['pond'] }`,
    places: `['posterior']`,
    check: `() => []`,
    create: `({ model }) => ({
      via: 'posterior',
      factors({ words }) {
        const { size } = model.vocabulary;
        const logUnary = new Float32Array(model.maxTokens * size);
        for (const word of words) for (let i = 1; i < model.maxTokens; i++) logUnary[i * size + model.vocabulary.id(word)] = -Infinity;
        return { logUnary };
      },
    })`,
    ...changes,
  };
  const body = Object.entries(fields).map(([key, value]) => `  ${key}: ${value},`);
  return `import { Type, tf } from 'diffusteer';\nexport default {\n${body.join('\n')}\n};\n${more}`;
}
