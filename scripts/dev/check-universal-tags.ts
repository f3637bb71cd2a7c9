import { inputError, messageOf } from '../../lib/base/errors.js';
import { readBrackets } from '../../lib/judges/parsers/brackets.js';
import { universalTags } from '../../lib/judges/parsers/universal-tags.js';
import { readParses } from '../../lib/text/parses.js';

/** Examples shown per confusion. */
const SHOWN = 3;

/** Prints how often the Universal tags derived from the trees of a parse file equal its `upos` tags, and lists the differences. */
async function main(args: readonly string[]): Promise<void> {
  if (args.length !== 1) throw inputError('arguments', 'expected: check-universal-tags PARSES');
  const [path] = args as [string];
  const confusions = new Map<string, string[]>();
  let [agreed, total] = [0, 0];
  for (const { line, sentences } of await readParses(path))
    for (const { words, upos, tree } of sentences) {
      const brackets = readBrackets(tree);
      if (typeof brackets === 'string') throw inputError(path, `the tree of row ${line}: ${brackets}`);
      const tags = universalTags(words, brackets);
      total += words.length;
      tags.forEach((tag, i) => {
        if (tag === upos[i]) agreed++;
        else {
          const confusion = `${brackets.tags[i]}: ${tag}, not ${upos[i]}`;
          confusions.set(confusion, [...(confusions.get(confusion) ?? []), words.slice(Math.max(0, i - 2), i + 3).join(' ')]);
        }
      });
    }
  console.log(`${agreed} of ${total} tags agree, ${((100 * agreed) / total).toFixed(3)} %`);
  for (const [confusion, found] of [...confusions].sort(([, a], [, b]) => b.length - a.length))
    console.log(`${found.length} x ${confusion}: ${found.slice(0, SHOWN).join(' | ')}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
