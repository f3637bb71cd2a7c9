import { benchmarkGaps, languageModels, type BenchmarkEntry, type Published, type Task } from './benchmark.js';
import { mainTable, taskTable } from './benchmark-tables.js';
import { markdownTable, plainTable } from './table.js';

export interface BenchmarkDocument {
  readonly tasks: readonly Task[];
  readonly entries: readonly BenchmarkEntry[];
  readonly published: readonly Published[];
  /** How the figures were made: machine, model and command, a line each. */
  readonly circumstances: readonly string[];
  /** File of the drawing, in the folder of the document. */
  readonly drawing?: string;
}

/** Explains the columns. */
function notesOf({ entries, published }: BenchmarkDocument): string[] {
  const models = languageModels(entries);
  const judge = (name: string) => entries.find(({ metrics }) => metrics?.fluency[name])?.metrics?.fluency[name]?.judge;
  return [
    'In brackets: 95 % bootstrap intervals, texts of a target resampled together. *Of references*: the score of the sentences that people wrote for the targets, by the same judge.',
    ...models.map((name, i) => `*${name}*: ${judge(name)}${i === 0 ? '; the perplexity is e to its nats' : ''}.`),
    ...(entries.some(writesByLanguageModel) ? [SAME_MODEL] : []),
    ...(published.length === 0
      ? []
      : [
          `Published figures are the papers' own, under other judges and another training set, with the lm-score of an unreleased fine-tuned GPT-2 for fluency: compare success with ours carefully, and fluency not at all. ${sourcesOf(published)}.`,
        ]),
  ];
}

const SAME_MODEL =
  'If the language model that judges fluency also writes the texts of a baseline, it finds its own texts likely: compare the nats of the n-grams instead.';

const writesByLanguageModel = ({ metrics }: BenchmarkEntry): boolean => {
  const model = metrics?.config.method?.model;
  return model !== undefined && model !== 'diffusion';
};

function sourcesOf(published: readonly Published[]): string {
  const methodsOf = new Map<string, string[]>();
  for (const { method, source } of published) methodsOf.set(source, [...(methodsOf.get(source) ?? []), method]);
  return [...methodsOf].map(([source, methods]) => `${methods.join(', ')}: ${source}`).join('. ');
}

/** Returns the results of a benchmark as Markdown, without a title. */
export function benchmarkMarkdown(document: BenchmarkDocument): string {
  const { tasks, entries, published, circumstances, drawing } = document;
  const gaps = benchmarkGaps(tasks, entries);
  return [
    ...circumstances.map((line) => `- ${line}`),
    '',
    markdownTable(mainTable(tasks, entries, published)),
    '',
    ...notesOf(document).flatMap((note) => [note, '']),
    ...(drawing === undefined ? [] : [`![Success against nats per token, a panel per task](${drawing})`, '']),
    ...tasks.flatMap((task) => [`### ${task.title}`, '', markdownTable(taskTable(task, entries, published)), '']),
    ...(gaps.length === 0 ? [] : ['### What is missing', '', ...gaps.map((gap) => `- ${gap.replaceAll('\n', ' ')}`), '']),
  ].join('\n');
}

/** Returns the tables of a benchmark and what is missing as plain text. */
export function benchmarkText({ tasks, entries, published }: BenchmarkDocument): string {
  const gaps = benchmarkGaps(tasks, entries);
  return [
    ...tasks.flatMap((task) => [task.title, plainTable(taskTable(task, entries, published)), '']),
    plainTable(mainTable(tasks, entries, published)),
    ...(gaps.length === 0 ? [] : ['', 'Missing:', ...gaps.map((gap) => `  ${gap}`)]),
  ].join('\n');
}
