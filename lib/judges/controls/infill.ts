import {
  type FreeGap,
  type InfillTemplate,
  infillTemplateProblems,
  isFixed,
  parseInfillTemplate,
} from '../../text/infill-template.js';
import { splitWords } from '../../text/split-words.js';
import type { Judge, Mark, Score } from '../judge.js';
import { markWords } from './marks.js';
import { type Reading, readJudgeOptions } from './target-options.js';

/**
 * Builds the judge of `infill`: the share of a template's given words that are at their positions. The end of a closed template counts as
 * one more given word, so that only a text that ends there scores 1. If gaps have no fixed length, the alignment that keeps most counts.
 *
 * @param split how the model's tokenizer splits a template that is one string
 */
export function infillJudge(split: (text: string) => readonly string[] = splitWords): Judge {
  return {
    name: 'infill',
    async score(texts, targets) {
      const templates = readJudgeOptions('infill', texts, targets, (options) => readTemplate(options, split));
      return texts.map((words, i) => compare(words, templates[i]!));
    },
  };
}

function compare(words: readonly string[], { slots, open }: InfillTemplate): Score {
  if (!isFixed(slots)) return bestAlignment(words, open ? [...slots, { min: 0, max: Infinity }] : slots, open);
  const wrong: { readonly detail: string; readonly mark: Mark }[] = [];
  slots.forEach((given, i) => {
    if (given === null || words[i] === given) return;
    const mark = markWords(words, i, i + 1, words[i] === undefined ? `no ${given}` : `not ${given}`);
    wrong.push({ detail: `word ${i + 1} is ${words[i] ?? 'missing'}, not ${given}`, mark });
  });
  if (!open && words.length !== slots.length) {
    const mark = markWords(words, slots.length, words.length, `expected ${slots.length} words`);
    wrong.push({ detail: `${words.length} words, expected ${slots.length}`, mark });
  }
  const asked = slots.filter((given) => given !== null).length + (open ? 0 : 1);
  const value = (asked - wrong.length) / asked;
  if (wrong.length === 0) return { value };
  return { value, detail: wrong.map(({ detail }) => detail).join('; '), marks: wrong.map(({ mark }) => mark) };
}

/** Scores the alignment of a text with free gaps that keeps most. */
function bestAlignment(words: readonly string[], slots: InfillTemplate['slots'], open: boolean): Score {
  const givens = slots.filter((slot) => typeof slot === 'string').length;
  const asked = givens + (open ? 0 : 1);
  // The most words kept by the remaining slots in the text from each position on, the end included.
  let kept: number[] = Array.from({ length: words.length + 1 }, (_, at) => (at === words.length && !open ? 1 : 0));
  for (const slot of [...slots].reverse()) {
    const rest = kept;
    kept = rest.map((_, at) => bestOfSlot(slot, at, words, rest));
  }
  const value = kept[0]! / asked;
  return value === 1 ? { value } : { value, detail: `at best ${kept[0]} of ${asked} given words and ends are kept` };
}

function bestOfSlot(slot: string | null | FreeGap, at: number, words: readonly string[], rest: readonly number[]): number {
  const from = (next: number) => (next <= words.length ? rest[next]! : 0); // a text that is too short keeps nothing more
  if (typeof slot === 'string') return (words[at] === slot ? 1 : 0) + from(at + 1);
  const { min, max } = slot ?? { min: 1, max: 1 };
  const most = Math.min(max, words.length - at);
  let best = 0;
  for (let n = min; n <= most; n++) best = Math.max(best, from(at + n));
  return best;
}

function readTemplate(
  { template }: Readonly<Record<string, unknown>>,
  split: (text: string) => readonly string[],
): Reading<InfillTemplate> {
  const problems = infillTemplateProblems(template, split).map((p) => ({ path: `/template${p.path}`, message: p.message }));
  return problems.length > 0 ? { problems } : { target: parseInfillTemplate(template as string | string[], split) };
}
