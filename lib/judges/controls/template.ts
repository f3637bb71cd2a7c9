import { splitWords } from '../../text/split-words.js';
import type { Judge } from '../judge.js';
import { regexJudge } from './regex.js';
import { isRecord, problem, type Reading, readJudgeOptions, shown } from './target-options.js';

/** `_`, `_:3`, `_:2-4`, `_:2-`, `...`, `<TAG>`, `{list}`, or a sign that a backslash makes text of. */
const GAP =
  /\\(?<text>\.\.\.|[\s\S])|(?<name><[^<>{}\s|]+>|\{[^<>{}\s|]+\})|(?<![\p{L}\p{N}_])_(?::(?<least>\d+)(?<dash>-)?(?<most>\d+)?)?(?![\p{L}\p{N}_:])|(?<any>\.\.\.)/gu;

/** 1 where the text is the template with its typed gaps filled, else 0: the template as a regular expression over words, judged as such. */
export function templateJudge(split: (text: string) => readonly string[] = splitWords): Judge {
  const judge = regexJudge(split);
  return {
    name: 'template',
    async score(texts, targets) {
      const patterns = readJudgeOptions('template', texts, targets, readTemplate);
      return judge.score(texts, patterns);
    },
  };
}

function readTemplate(options: Readonly<Record<string, unknown>>): Reading<unknown> {
  const { template, ...rest } = options;
  if (typeof template !== 'string') return problem('/template', `expected fixed text with gaps, got ${shown(template)}`);
  return isRecord(rest['lists'] ?? {})
    ? { target: { ...rest, pattern: patternOf(template) } }
    : problem('/lists', 'expected lists of phrases by name');
}

function patternOf(template: string): string {
  const parts: string[] = [];
  let written = '';
  const flush = (): void => {
    if (written.trim() !== '') parts.push(`"${written.replace(/["\\]/g, '\\$&')}"`);
    written = '';
  };
  let end = 0;
  for (const match of template.matchAll(GAP)) {
    written += template.slice(end, match.index);
    end = match.index + match[0].length;
    const { text, ...gap } = match.groups ?? {};
    if (text !== undefined) written += text;
    else {
      flush();
      parts.push(gapPattern(gap));
    }
  }
  written += template.slice(end);
  flush();
  return parts.join(' ');
}

function gapPattern({ name, least, dash, most, any }: Readonly<Record<string, string | undefined>>): string {
  if (name !== undefined) return name;
  if (any !== undefined) return '.*';
  return `.{${least ?? 1}${dash === undefined ? '' : `,${most ?? ''}`}}`;
}
