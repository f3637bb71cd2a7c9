import { splitWords } from '../text/split-words.js';
import { parseTemplate, templateProblems, type Template } from '../text/template.js';
import type { Judge, Score } from './judge.js';
import { readTargets, type Reading } from './targets.js';

/**
 * Share of a template's given words that stand at their places. Where the template is closed its end is one more given place: the text
 * has to stop there, so that only a text that keeps everything scores 1.
 * @param split how a template that is one string becomes words: as the model's tokenizer does
 */
export function infillJudge(split: (text: string) => readonly string[] = splitWords): Judge {
  return {
    name: 'infill',
    async score(texts, targets) {
      const templates = readTargets('infill', texts, targets, (options) => readTemplate(options, split));
      return texts.map((words, i) => compare(words, templates[i]!));
    },
  };
}

function compare(words: readonly string[], { slots, open }: Template): Score {
  const wrong: string[] = [];
  slots.forEach((given, i) => {
    if (given !== null && words[i] !== given) wrong.push(`word ${i + 1} is ${words[i] ?? 'missing'}, not ${given}`);
  });
  if (!open && words.length !== slots.length) wrong.push(`${words.length} words, expected ${slots.length}`);
  const places = slots.filter((given) => given !== null).length + (open ? 0 : 1);
  const value = (places - wrong.length) / places;
  return wrong.length === 0 ? { value } : { value, detail: wrong.join('; ') };
}

function readTemplate(
  { template }: Readonly<Record<string, unknown>>,
  split: (text: string) => readonly string[],
): Reading<Template> {
  const problems = templateProblems(template, split).map((p) => ({ path: `/template${p.path}`, message: p.message }));
  return problems.length > 0 ? { problems } : { target: parseTemplate(template as string | string[], split) };
}
