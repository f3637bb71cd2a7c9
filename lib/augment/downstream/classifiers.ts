import { keyOf } from '../../base/random.js';
import type { TextEmbedder } from '../../model/external/text-embedder.js';
import { type Features, SentenceVectors, tfIdf } from './features.js';
import { fitLinearSvm } from './linear-svm.js';

/** A text with its label. */
export interface LabelledRowText {
  readonly text: string;
  readonly label: string;
}

/** A classifier that rows are worth something for. It measures: no guide and no filter uses it. */
export interface DownstreamClassifier {
  readonly name: string;
  /** Learns from rows, and returns whether it finds the label of each held-out row. */
  hits(rows: readonly LabelledRowText[], heldOut: readonly LabelledRowText[]): Promise<boolean[]>;
}

/** Cost of an error (C): the default of LIBLINEAR. */
const COST = 1;

/** Returns the classifiers of a benchmark: TF-IDF and, with an embedder, sentence vectors, each with a linear model. */
export function downstreamClassifiers(embedder?: TextEmbedder): DownstreamClassifier[] {
  const linear = (name: string, featuresOf: (texts: readonly string[], others: readonly string[]) => Promise<Features>) => ({
    name,
    async hits(rows: readonly LabelledRowText[], heldOut: readonly LabelledRowText[]) {
      const features = await featuresOf(textsOf(rows), textsOf(heldOut));
      const labels = [...new Set(rows.map(({ label }) => label))].sort();
      const classes = rows.map(({ label }) => labels.indexOf(label));
      const vectors = rows.map(({ text }) => features.vectorOf(text));
      const classOf = fitLinearSvm(vectors, classes, features.count, { cost: COST, key: keyOf(1) });
      return heldOut.map(({ text, label }) => labels[classOf(features.vectorOf(text))] === label);
    },
  });
  const words = linear('TF-IDF', (texts) => Promise.resolve(tfIdf(texts)));
  if (!embedder) return [words];
  const sentences = new SentenceVectors(embedder);
  return [words, linear('embeddings', (texts, others) => sentences.featuresOf([...texts, ...others]))];
}

const textsOf = (rows: readonly LabelledRowText[]): string[] => rows.map(({ text }) => text);
