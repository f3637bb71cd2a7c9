import { isRecord } from '../../base/is-record.js';
import { joinWords } from '../../text/join-words.js';
import type { Judge } from '../judge.js';
import { markEnd } from './marks.js';
import { problem, type Reading, readJudgeOptions, shown } from './target-options.js';

interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Builds the judge of `characters`: 1 if the written text has as many characters (Unicode code points) as asked for, else 0. It counts them,
 * whereas the guide follows the spaces word by word.
 *
 * @param join how the model's tokenizer writes words as a text
 */
export function charactersJudge(join: (words: readonly string[]) => string = joinWords): Judge {
  return {
    name: 'characters',
    async score(texts, targets) {
      const ranges = readJudgeOptions('characters', texts, targets, readRange);
      return texts.map((words, i) => {
        const { min, max } = ranges[i]!;
        const count = Array.from(join(words)).length;
        if (count >= min && count <= max) return { value: 1 };
        const wanted = min === max ? `${min}` : max === Infinity ? `at least ${min}` : `${min} to ${max}`;
        const detail = `${count} characters, expected ${wanted}`;
        return { value: 0, detail, marks: [markEnd(words, detail)] };
      });
    },
  };
}

function readRange({ characters }: Readonly<Record<string, unknown>>): Reading<Range> {
  const bounds = isRecord(characters)
    ? { min: characters['min'] ?? 0, max: characters['max'] ?? Infinity }
    : { min: characters, max: characters };
  const { min, max } = bounds;
  if (typeof min === 'number' && typeof max === 'number' && min <= max) return { target: { min, max } };
  return problem(
    '/characters',
    `expected a number of characters or { "min", "max" } with min at most max, got ${shown(characters)}`,
  );
}
