import { type Judge, JudgeUnavailable, type Mark } from '../judge.js';
import { type BagOfWordsJudge, type Evidence, largest } from './bag-of-words-judge.js';
import { problem, type Reading, readJudgeOptions, shown } from './target-options.js';

const NEEDS_TEXTS =
  'needs the labelled texts that the guide was trained on; give their file (`diffusteer judge --labels FILE`, see docs/evaluation.md)';

/**
 * Builds the judge of `classify`: 1 if a bag-of-words judge finds the label asked for, else 0. Also given: its probability of that label.
 *
 * @param bagOfWords fitted to texts with the labels of the guide; without one the judge is unavailable and says what it needs
 */
export function classifyJudge(bagOfWords?: BagOfWordsJudge): Judge {
  return {
    name: 'classify',
    ...(bagOfWords && { by: meansOf(bagOfWords) }),
    async score(texts, targets) {
      if (!bagOfWords) throw new JudgeUnavailable(NEEDS_TEXTS);
      const { labels } = bagOfWords;
      const asked = readJudgeOptions('classify', texts, targets, (options) => readLabel(options, labels));
      return texts.map((words, i) => {
        const probabilities = bagOfWords.probabilities(words);
        const found = labels[largest(probabilities)]!;
        const also = { probability: probabilities[labels.indexOf(asked[i]!)]! };
        if (found === asked[i]) return { value: 1, also };
        const marks = marksOf(bagOfWords.evidence(words, found, asked[i]!), found);
        return { value: 0, also, detail: `reads as ${found}, not ${asked[i]}`, marks };
      });
    },
  };
}

/** Most marks per text: the strongest evidence for the wrong label. */
const MARKED = 3;

const marksOf = (evidence: readonly Evidence[], label: string): Mark[] =>
  evidence
    .filter(({ nats }) => nats > 0)
    .slice(0, MARKED)
    .map(({ start, end, nats }) => ({ start, end, note: `${label}, ${nats.toFixed(1)} nats` }));

const meansOf = ({ heldOut: { texts, accuracy } }: BagOfWordsJudge): string =>
  `logistic regression on words and pairs of words, right on ${(100 * accuracy).toFixed(1)} % of ${texts} held-out texts`;

function readLabel({ label }: Readonly<Record<string, unknown>>, labels: readonly string[]): Reading<string> {
  if (typeof label === 'string' && labels.includes(label)) return { target: label };
  return problem(
    '/label',
    `expected a label of the texts that the judge learned from (${labels.join(', ')}), got ${shown(label)}`,
  );
}
