import { type Static, Type } from '@sinclair/typebox';
import type { GenerateConfig } from '../config/index.js';
import type { Score, Share } from '../judges/judge.js';
import type { Interval } from '../metrics/bootstrap.js';
import type { Cost } from '../model/causal/language-model.js';

/** The scores of one text: a line of scores.jsonl, in the order of samples.jsonl. */
export interface TextScores {
  readonly id: string;
  readonly sample: number;
  /** By label of the guide. Absent if the text did not have the guide, or its judge was unavailable. */
  readonly guides: Readonly<Record<string, GuideScore>>;
  /** Cost of the text by fluency judge: `ngram`, `lm`. */
  readonly fluency: Readonly<Record<string, Cost>>;
  /** Cost of the target's reference; only on the first text of a target. */
  readonly referenceFluency?: Readonly<Record<string, Cost>>;
  /** The text is a row of the training corpus, word for word. Absent without a corpus. */
  readonly copied?: boolean;
  /** Length in words of the longest run that is part of a row of the training corpus. */
  readonly longestCopied?: number;
}

export interface GuideScore extends Score {
  /** The score of the target's reference by the same judge. */
  readonly reference?: number;
  readonly referenceAlso?: Readonly<Record<string, number | Share>>;
}

const number = (description: string) => Type.Number({ description });
const count = (description: string) => Type.Integer({ minimum: 0, description });

const intervalFields = {
  mean: number('Value over all texts.'),
  low: number('Lower end of its 95 % interval: percentile bootstrap, the texts of a target are resampled together.'),
  high: number('Upper end.'),
};
const interval = (description: string) => Type.Object(intervalFields, { description });

const ceiling = Type.Optional(
  number(
    'Score of the references, sentences that people wrote for the targets. Judges err, and no text can be expected to do better.',
  ),
);

const guide = Type.Object({
  score: interval('Mean score, 0 to 1.'),
  perfect: interval('Share of the texts that score 1.'),
  ceiling,
  ofCeiling: Type.Optional(number('The score as a share of the ceiling, over the texts whose target has a reference.')),
  also: Type.Record(Type.String(), Type.Object({ ...intervalFields, ceiling }), {
    description: 'The score by other definitions, by name; docs/evaluation.md defines them.',
  }),
  judge: Type.String({ description: 'The judge: a tagger, a parser, or the words of the text.' }),
  texts: count('Texts that were judged: those that had the guide, unless there is a gap.'),
});

const fluency = Type.Object({
  natsPerToken: interval('-ln p of words and END, in nats per token.'),
  perplexity: number('e to the nats per token.'),
  references: Type.Optional(number('Nats per token of the references.')),
  heldOut: Type.Optional(number('Nats per token of the held-out corpus.')),
  judge: Type.String({ description: 'The language model.' }),
});

const diversity = Type.Object(
  {
    distinctTexts: number('Share of different texts.'),
    distinct: Type.Array(Type.Number(), {
      minItems: 4,
      maxItems: 4,
      description: 'Distinct-1 to distinct-4: different n-grams as a share of all n-grams of all texts.',
    }),
    selfBleu: Type.Optional(
      Type.Object(
        { value: number('0 to 1; high if texts resemble each other.'), texts: count('Size of the sample.') },
        { description: 'Mean BLEU-4 of each text of a sample against the others of the sample.' },
      ),
    ),
    vocabulary: Type.Optional(
      Type.Object(
        { used: count('Different words of the vocabulary in the texts.'), size: count('Words of the vocabulary.') },
        { description: "How much of the model's vocabulary the texts use." },
      ),
    ),
  },
  { description: 'How different the texts are from each other.' },
);

const novelty = Type.Object(
  {
    copies: interval('Share of the texts that are a row of the training corpus, word for word.'),
    longestCopied: interval('Length in words of the longest run that is in the corpus too, mean over the texts.'),
    longestCopiedMax: Type.Object(
      { words: count('Words.'), id: Type.String({ description: 'Id of the text.' }) },
      { description: 'The longest run of all texts.' },
    ),
  },
  { description: 'How different the texts are from the training corpus.' },
);

const references = Type.Object(
  {
    texts: count('Texts whose target has a reference.'),
    bleu4: interval('BLEU-4 over all texts, 0 to 1.'),
    rougeL: interval('Mean ROUGE-L F, 0 to 1.'),
    cider: interval('Mean CIDEr-D, 0 to 10.'),
    bertScore: Type.Optional(interval('Mean BERTScore F1.')),
  },
  { description: 'Similarity to the references of the targets.' },
);

const mauve = Type.Object(
  {
    value: number('0 to 1; high if the texts are distributed like the held-out ones.'),
    texts: count('Texts compared.'),
    heldOut: count('Held-out texts that they are compared with.'),
    clusters: count('Clusters of the quantisation.'),
    model: Type.String({ description: 'The model that embeds the texts.' }),
  },
  { description: 'MAUVE against the held-out corpus.' },
);

const byStep = Type.Object(
  {
    texts: count('Traced texts that were judged: the first of the run.'),
    guides: Type.Record(
      Type.String(),
      Type.Array(
        Type.Object({
          step: count('The reverse step, from 0, the noisiest.'),
          time: number('Noise level that the network is given: near 1 noise, near 0 text.'),
          ...intervalFields,
        }),
      ),
      { description: 'By label of the guide, at evenly spaced steps.' },
    ),
  },
  { description: 'Mean score of the texts that reverse steps predict, if texts were traced.' },
);

const texts = (description: string) => Type.Record(Type.String(), Type.String(), { description });

/** metrics.json: figures on a run. */
export const metricsSchema = Type.Object(
  {
    texts: count('Texts of the run.'),
    targets: count('Different targets.'),
    guides: Type.Record(Type.String(), guide, { description: 'Success of each guide, by its label.' }),
    fluency: Type.Record(Type.String(), fluency, { description: 'By language model.' }),
    diversity,
    novelty: Type.Optional(novelty),
    references: Type.Optional(references),
    mauve: Type.Optional(mauve),
    byStep: Type.Optional(byStep),
    lengths: Type.Object(
      { mean: number('Words per text, punctuation included.'), min: count('Fewest.'), max: count('Most.') },
      { description: 'Words per text.' },
    ),
    truncated: count('Texts cut off at the maximum length.'),
    secondsPerText: Type.Optional(number('Time that `generate` took.')),
    gaps: texts('What could not be measured, or not for all texts: why, and what to do.'),
    unjudged: Type.Array(Type.String(), { description: 'Guides that no judge knows.' }),
    bootstrap: Type.Object(
      { replicates: count('Replicates behind each interval.'), seed: count('Random seed.') },
      { description: 'Bootstrap of the intervals.' },
    ),
    method: Type.Optional(Type.String({ description: 'The method of a baseline; absent if guided diffusion made the texts.' })),
    config: Type.Unsafe<GenerateConfig>({ type: 'object', description: 'Resolved config of the run.' }),
  },
  { title: 'diffusteer metrics' },
);

export type Metrics = Static<typeof metricsSchema>;
export type GuideMetrics = Metrics['guides'][string];

/** A figure over all texts, with its 95 % interval if one was estimated. */
export interface Figure {
  readonly mean: number;
  readonly low?: number;
  readonly high?: number;
}

/** `T` with an `F` instead of each interval. */
export type WithFigure<F, T> = T extends Interval
  ? F & Omit<T, keyof Interval>
  : T extends object
    ? { [K in keyof T]: WithFigure<F, T[K]> }
    : T;

/** Figures on texts, under the names of metrics.json. Those of `judgeFolder` have no intervals; a `Metrics` is one too. */
export interface RunFigures extends WithFigure<Figure, Omit<Metrics, 'bootstrap' | 'config' | 'novelty'>> {
  readonly novelty?: Novelty;
}

/** The longest copied run is absent if it was not looked for. */
type Novelty = Pick<AllNovelty, 'copies'> & Partial<AllNovelty>;
type AllNovelty = WithFigure<Figure, NonNullable<Metrics['novelty']>>;
