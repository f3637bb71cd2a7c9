import type { Figure, Metrics, RunFigures } from '../evaluate/metrics.js';

/** Rows of cells as people read them. */
export type Rows = readonly (readonly string[])[];

/** Column of the intervals in the rows of guides and measures; its cells are empty if there are none. */
export const INTERVALS = 2;

export const GUIDE_HEADER = ['control', 'score', '95 %', 'perfect', 'ceiling', 'of ceiling', 'texts'] as const;

/** Returns a row for each guide, followed by rows of its figures by other definitions. */
export function guideRows({ guides }: Pick<RunFigures, 'guides'>): Rows {
  return Object.entries(guides).flatMap(([label, { score, perfect, ceiling, ofCeiling, also, texts }]) => [
    [label, ...scoreCells(score), percent(perfect.mean), optional(ceiling), optional(ofCeiling), `${texts}`],
    ...Object.entries(also).map(([name, figure]) => [`  ${name}`, ...scoreCells(figure), '', optional(figure.ceiling), '', '']),
  ]);
}

const scoreCells = (figure: Figure): string[] => [percent(figure.mean), range(figure, percentOnly)];
const optional = (share: number | undefined): string => (share === undefined ? '-' : percent(share));

/** Returns a row for each guide and language model, with what judged. */
export const judgeRows = ({ guides, fluency }: Pick<RunFigures, 'guides' | 'fluency'>): (readonly [string, string])[] =>
  Object.entries({ ...guides, ...fluency }).map(([label, { judge }]) => [label, judge]);

export const MEASURE_HEADER = ['measure', 'value', '95 %'] as const;

/** Returns a row for each measure that does not depend on the guides. */
export function measureRows(figures: RunFigures): Rows {
  return [...fluencyRows(figures), ...likenessRows(figures), ...varietyRows(figures), ...plainRows(figures)];
}

function fluencyRows({ fluency }: RunFigures): Rows {
  return Object.entries(fluency).flatMap(([name, { natsPerToken, perplexity, references, heldOut }]) => [
    [`nats per token (${name})`, fixed(natsPerToken.mean), range(natsPerToken, fixed)],
    ['  perplexity', fixed(perplexity), ''],
    ...(references === undefined ? [] : [['  of references', fixed(references), '']]),
    ...(heldOut === undefined ? [] : [['  of held-out text', fixed(heldOut), '']]),
  ]);
}

function likenessRows({ references, mauve }: RunFigures): Rows {
  const rows: (readonly [string, Figure | undefined, (value: number) => string])[] = references
    ? [
        ['BLEU-4 to the references', references.bleu4, percent],
        ['ROUGE-L', references.rougeL, percent],
        ['CIDEr-D, 0 to 10', references.cider, fixed],
        ['BERTScore F1', references.bertScore, percent],
      ]
    : [];
  return [
    ...rows.flatMap(([name, figure, show]) => (figure ? [[name, show(figure.mean), range(figure, bare(show))]] : [])),
    ...(mauve ? [[`MAUVE to ${mauve.heldOut} held-out texts`, fixed(mauve.value), '']] : []),
  ];
}

function varietyRows({ diversity, novelty }: RunFigures): Rows {
  const { distinctTexts, distinct, selfBleu, vocabulary } = diversity;
  return [
    ['distinct texts', percent(distinctTexts), ''],
    ['distinct-1 to 4', distinct.map(percentOnly).join(', ') + ' %', ''],
    ...(selfBleu ? [[`self-BLEU of ${selfBleu.texts} texts`, percent(selfBleu.value), '']] : []),
    ...(vocabulary ? [['words of the vocabulary used', `${vocabulary.used} of ${vocabulary.size}`, '']] : []),
    ...(novelty ? noveltyRows(novelty) : []),
  ];
}

const noveltyRows = ({ copies, longestCopied, longestCopiedMax }: NonNullable<RunFigures['novelty']>): Rows => [
  ['copies of the training corpus', percent(copies.mean), range(copies, percentOnly)],
  ...(longestCopied ? [['longest copied run, words', oneDecimal(longestCopied.mean), range(longestCopied, oneDecimal)]] : []),
  ...(longestCopiedMax ? [['  longest of all', `${longestCopiedMax.words} (text ${longestCopiedMax.id})`, '']] : []),
];

const plainRows = ({ lengths, truncated, texts, secondsPerText }: RunFigures): Rows => [
  ['words per text', `${oneDecimal(lengths.mean)} (${lengths.min} to ${lengths.max})`, ''],
  ['truncated texts', `${truncated} of ${texts}`, ''],
  ...(secondsPerText === undefined ? [] : [['seconds per text', secondsPerText.toPrecision(3), '']]),
];

/** Returns a row for each reverse step that was judged: its number, from 1, its noise level, and the success of each guide. */
export function stepRows({ byStep }: Pick<Metrics, 'byStep'>): Rows {
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

export const stepHeader = ({ byStep }: Pick<Metrics, 'byStep'>): readonly string[] => [
  'reverse step',
  'noise',
  ...Object.keys(byStep?.guides ?? {}).map((label) => `${label}, %`),
];

/** Returns a row for each gap: its name, and why there are no figures. */
export const gapRows = ({ gaps, unjudged }: Pick<RunFigures, 'gaps' | 'unjudged'>): (readonly [string, string])[] => [
  ...Object.entries(gaps).map(([name, why]) => [name, why.replaceAll('\n', ' ')] as const),
  ...unjudged.map((label) => [label, 'no judge knows this guide'] as const),
];

const percentOnly = (share: number): string => (100 * share).toFixed(1);
const percent = (share: number): string => `${percentOnly(share)} %`;
const oneDecimal = (value: number): string => value.toFixed(1);
const fixed = (value: number): string => value.toFixed(2);
const bare = (show: (value: number) => string) => (show === percent ? percentOnly : show);
const range = ({ low, high }: Figure, show: (value: number) => string): string =>
  low === undefined || high === undefined ? '' : `${show(low)} to ${show(high)}`;
