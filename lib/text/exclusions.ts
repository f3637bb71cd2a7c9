import { type Problem, throwProblems } from '../base/errors.js';
import { lines, readText } from './read-text.js';

/** Returns whether a text is left out. */
export type Exclusion = (text: string) => boolean;

/**
 * Reads a file of regular expressions, one per line; a line that begins with `#` is a comment. A text is left out if one of them matches it.
 *
 * @param path undefined excludes nothing
 * @throws InputError if the file cannot be read, or with all lines that are no regular expressions
 */
export async function readExclusions(path: string | undefined): Promise<Exclusion> {
  if (path === undefined) return () => false;
  const problems: Problem[] = [];
  const patterns = lines(await readText(path)).flatMap(({ line, text }) => {
    if (text.trim() === '' || text.startsWith('#')) return [];
    try {
      return [new RegExp(text, 'u')];
    } catch (error) {
      problems.push({ path: `line ${line}`, message: `expected a regular expression (${(error as SyntaxError).message})` });
      return [];
    }
  });
  throwProblems(path, problems);
  return (text) => patterns.some((pattern) => pattern.test(text.trim()));
}
