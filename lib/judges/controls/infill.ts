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
 * Share of a template's given words that stand at their places. Where the template is closed its end is one more given place: the text
 * has to stop there, so that only a text that keeps everything scores 1. Where gaps have no fixed length the text is read so that most
 * is kept.
 * @param split how a template that is one string becomes words: as the model's tokenizer does
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
  if (!isFixed(slots)) return bestReading(words, open ? [...slots, { min: 0, max: Infinity }] : slots, open);
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
  const places = slots.filter((given) => given !== null).length + (open ? 0 : 1);
  const value = (places - wrong.length) / places;
  if (wrong.length === 0) return { value };
  return { value, detail: wrong.map(({ detail }) => detail).join('; '), marks: wrong.map(({ mark }) => mark) };
}

/** The share that is kept when the gaps are as long as suits the text best. */
function bestReading(words: readonly string[], slots: InfillTemplate['slots'], open: boolean): Score {
  const givens = slots.filter((slot) => typeof slot === 'string').length;
  const places = givens + (open ? 0 : 1);
  // Of what is left of the text from each word on: the most places kept by the slots from here on, the end among them.
  let kept: number[] = Array.from({ length: words.length + 1 }, (_, at) => (at === words.length && !open ? 1 : 0));
  for (const slot of [...slots].reverse()) {
    const behind = kept;
    kept = behind.map((_, at) => bestOfSlot(slot, at, words, behind));
  }
  const value = kept[0]! / places;
  return value === 1 ? { value } : { value, detail: `${kept[0]} of ${places} given words and ends are kept at best` };
}

function bestOfSlot(slot: string | null | FreeGap, at: number, words: readonly string[], behind: readonly number[]): number {
  const from = (next: number) => (next <= words.length ? behind[next]! : 0); // a text too short keeps nothing more
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
