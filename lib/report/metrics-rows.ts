import type { GuideMetrics, Metrics } from '../evaluate/metrics.js';
import type { Interval } from '../metrics/bootstrap.js';

/** Rows of cells as people read them. */
export type Rows = readonly (readonly string[])[];

export const GUIDE_HEADER = ['control', 'score', '95 %', 'perfect', 'ceiling', 'of ceiling', 'texts'] as const;

/** A row a guide, and below it one a figure by another definition. */
export function guideRows({ guides }: Metrics): Rows {
  return Object.entries(guides).flatMap(([label, guide]) => [
    [label, ...scoreCells(guide.score), percent(guide.perfect.mean), ...ceilingCells(guide), `${guide.texts}`],
    ...Object.entries(guide.also).map(([name, figure]) => [
      `  ${name}`,
      ...scoreCells(figure),
      '',
      figure.ceiling === undefined ? '-' : percent(figure.ceiling),
      '',
      '',
    ]),
  ]);
}

const scoreCells = (interval: Interval): string[] => [percent(interval.mean), range(interval, percentOnly)];
const ceilingCells = ({ ceiling, ofCeiling }: GuideMetrics): string[] => [
  ceiling === undefined ? '-' : percent(ceiling),
  ofCeiling === undefined ? '-' : percent(ofCeiling),
];

/** What judged the guides, and the language models. */
export const judgeRows = ({ guides, fluency }: Metrics): Rows =>
  Object.entries({ ...guides, ...fluency }).map(([label, { judge }]) => [label, judge]);

export const MEASURE_HEADER = ['measure', 'value', '95 %'] as const;

/** A row a measure of the texts as such. */
export function measureRows(metrics: Metrics): Rows {
  return [...fluencyRows(metrics), ...likenessRows(metrics), ...varietyRows(metrics), ...plainRows(metrics)];
}

function fluencyRows({ fluency }: Metrics): Rows {
  return Object.entries(fluency).flatMap(([name, { natsPerToken, perplexity, references, heldOut }]) => [
    [`nats a token (${name})`, fixed(natsPerToken.mean), range(natsPerToken, fixed)],
    ['  perplexity', fixed(perplexity), ''],
    ...(references === undefined ? [] : [['  of references', fixed(references), '']]),
    ...(heldOut === undefined ? [] : [['  of held-out text', fixed(heldOut), '']]),
  ]);
}

function likenessRows({ references, mauve }: Metrics): Rows {
  const rows: (readonly [string, Interval | undefined, (value: number) => string])[] = references
    ? [
        ['BLEU-4 to the references', references.bleu4, percent],
        ['ROUGE-L', references.rougeL, percent],
        ['CIDEr-D, 0 to 10', references.cider, fixed],
        ['BERTScore F1', references.bertScore, percent],
      ]
    : [];
  return [
    ...rows.flatMap(([name, interval, show]) => (interval ? [[name, show(interval.mean), range(interval, bare(show))]] : [])),
    ...(mauve ? [[`MAUVE to ${mauve.heldOut} held-out texts`, fixed(mauve.value), '']] : []),
  ];
}

function varietyRows({ diversity, novelty }: Metrics): Rows {
  const { distinctTexts, distinct, selfBleu, vocabulary } = diversity;
  return [
    ['distinct texts', percent(distinctTexts), ''],
    ['distinct-1 to 4', distinct.map(percentOnly).join(', ') + ' %', ''],
    ...(selfBleu ? [[`self-BLEU of ${selfBleu.texts} texts`, percent(selfBleu.value), '']] : []),
    ...(vocabulary ? [['words of the vocabulary used', `${vocabulary.used} of ${vocabulary.size}`, '']] : []),
    ...(novelty
      ? [
          ['copies of the training corpus', percent(novelty.copies.mean), range(novelty.copies, percentOnly)],
          ['longest copied run, words', oneDecimal(novelty.longestCopied.mean), range(novelty.longestCopied, oneDecimal)],
          ['  longest of all', `${novelty.longestCopiedMax.words} (text ${novelty.longestCopiedMax.id})`, ''],
        ]
      : []),
  ];
}

const plainRows = ({ lengths, truncated, texts, secondsPerText }: Metrics): Rows => [
  ['words a text', `${oneDecimal(lengths.mean)} (${lengths.min} to ${lengths.max})`, ''],
  ['truncated texts', `${truncated} of ${texts}`, ''],
  ...(secondsPerText === undefined ? [] : [['seconds a text', secondsPerText.toPrecision(3), '']]),
];

/** A row a reverse step that was judged: its number, from 1, its noise, and the success of each guide. */
export function stepRows({ byStep }: Metrics): Rows {
  const guides = Object.entries(byStep?.guides ?? {});
  const [, steps = []] = guides[0] ?? [];
  return steps.map(({ step, time }) => [
    `${step + 1}`,
    fixed(time),
    ...guides.map(([, of]) => {
      const own = of.find((one) => one.step === step);
      return own ? `${percentOnly(own.mean)} [${range(own, percentOnly)}]` : '-';
    }),
  ]);
}

export const stepHeader = ({ byStep }: Metrics): readonly string[] => [
  'reverse step',
  'noise',
  ...Object.keys(byStep?.guides ?? {}).map((label) => `${label}, %`),
];

export const gapRows = ({ gaps, unjudged }: Metrics): Rows => [
  ...Object.entries(gaps).map(([name, why]) => [name, why.replaceAll('\n', ' ')]),
  ...unjudged.map((label) => [label, 'no judge knows this guide']),
];

const percentOnly = (share: number): string => (100 * share).toFixed(1);
const percent = (share: number): string => `${percentOnly(share)} %`;
const oneDecimal = (value: number): string => value.toFixed(1);
const fixed = (value: number): string => value.toFixed(2);
const bare = (show: (value: number) => string) => (show === percent ? percentOnly : show);
const range = ({ low, high }: Interval, show: (value: number) => string): string => `${show(low)} to ${show(high)}`;
