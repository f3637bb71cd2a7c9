import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { builtInGuides } from '../../guidance/index.js';
import { inputError } from '../../lib/base/errors.js';
import { packageFolder } from '../../lib/base/locate.js';
import type { Command } from './options.js';

interface Args {
  name: string;
  dir: string;
}

export const newGuideCommand: Command<Args> = {
  builder: (yargs) =>
    yargs
      .positional('name', {
        type: 'string',
        demandOption: true,
        describe: 'Name for configs: lower-case letters, digits, dashes',
      })
      .option('dir', { type: 'string', default: 'plugins', describe: 'Folder to write to' })
      .example('$0 new-guide no-adverbs', 'writes plugins/no-adverbs.ts and plugins/no-adverbs.test.ts'),
  async handler({ name, dir }) {
    const [guide, test] = await writeNewGuide(name, dir);
    const guidance = JSON.stringify([{ guide: name, words: ['cheap'] }]);
    console.log(`${guide} forbids words until you change it; ${test} is its test. Next:\n`);
    console.log(`  npx tsx --test ${test}`);
    console.log(
      `  npx diffusteer generate configs/unguided.json --plugins ${dir} --set 'guidance=${guidance}' --set samplesPerTarget=8 --set output=runs/${name}-first`,
    );
  },
};

/** The guide in examples/plugins that a new one is a copy of. */
const EXAMPLE = 'avoid';

/**
 * Writes a working guide and its test, NAME.ts and NAME.test.ts. If no package.json above the folder declares ES modules, it writes one
 * into the folder that does: tsx needs it, since the library cannot be loaded as CommonJS.
 *
 * @returns the paths of both
 * @throws InputError if the name is taken or invalid, or if a file exists already
 */
async function writeNewGuide(name: string, folder: string): Promise<readonly [string, string]> {
  if (!/^[a-z][a-z0-9-]*$/.test(name))
    throw inputError('new-guide', `expected a name of lower-case letters, digits and dashes, got ${JSON.stringify(name)}`);
  if (builtInGuides.has(name))
    throw inputError('new-guide', `"${name}" is a guide that comes with diffusteer; choose another name`);
  const paths = [join(folder, `${name}.ts`), join(folder, `${name}.test.ts`)] as const;
  const existing = paths.filter((path) => existsSync(path));
  if (existing.length > 0)
    throw inputError(existing.join(' and '), 'exists already, and nothing is overwritten; choose another name');
  await mkdir(folder, { recursive: true });
  await copyExample('.ts', name, paths[0]);
  await copyExample('.test.ts', name, paths[1]);
  if (await lacksModuleType(folder)) await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n', { flag: 'wx' });
  return paths;
}

/** Returns whether a package.json in the folder is missing and needed: the nearest one lies above and does not declare ES modules. */
async function lacksModuleType(folder: string): Promise<boolean> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, 'package.json');
    if (existsSync(path)) return at !== resolve(folder) && !(await readFile(path, 'utf8')).match(/"type"\s*:\s*"module"/);
    if (at === dirname(at)) return true;
  }
}

async function copyExample(ending: string, name: string, path: string): Promise<void> {
  const text = await readFile(join(packageFolder(), 'examples', 'plugins', EXAMPLE + ending), 'utf8');
  const renamed = text.replaceAll(`'${EXAMPLE}'`, `'${name}'`).replaceAll(`'./${EXAMPLE}.js'`, `'./${name}.js'`);
  await writeFile(path, renamed, { flag: 'wx' });
}
