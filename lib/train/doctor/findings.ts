import { roundedUp } from '../denoiser/preset.js';
import { progressOf, validationMean } from '../early-stop.js';
import type { LogLine } from '../log.js';
import type { ModelEvidence } from './evidence.js';

/** Something that is wrong, and what to change. */
export interface Finding {
  readonly problem:
    'broken recipe' | 'sequence too short' | 'vocabulary too small' | 'overfitted' | 'undertrained' | 'too little data';
  /** The measured figures that say so. */
  readonly seen: string;
  /** What to do. */
  readonly advice: string;
  /** The line of the training config to change; left out if no line would help. */
  readonly change?: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const nats = (value: number): string => value.toFixed(2);

/** Returns what is wrong, in the order in which to act on it: what spoils everything else comes first. */
export function findingsOf(evidence: ModelEvidence): Finding[] {
  const broken = brokenRecipe(evidence);
  const overfitted = overfit(evidence);
  return [
    broken,
    shortSequence(evidence),
    smallVocabulary(evidence),
    overfitted,
    broken || overfitted ? undefined : undertraining(evidence),
    littleData(evidence),
  ].filter((finding) => finding !== undefined);
}

/** Finds a broken recipe: at low noise the words can be read off, so a network that cannot do it has learned nothing. */
function brokenRecipe({ log, levels = {}, settings: { training } }: ModelEvidence): Finding | undefined {
  const [first, last] = [log.find(isLoss), log.findLast(isLoss)];
  const readable = Object.entries(levels).filter(([level]) => Number(level.replace('time ', '')) <= 0.2);
  const worst = Math.max(0, ...readable.map(([, value]) => (Number.isFinite(value) ? value : Infinity)));
  const stuck = first && last && last.step >= 100 && !(last.loss < 0.95 * first.loss);
  if (!stuck && worst <= 1) return undefined;
  const seen = [
    ...(stuck ? [`the loss was ${nats(first.loss)} at step ${first.step} and ${nats(last.loss)} at step ${last.step}`] : []),
    ...(worst > 1
      ? [
          `at noise of at most 0.2 the words can be read off, and the model misses them by ${nats(worst)} nats per token (models/e2e: 0.05)`,
        ]
      : []),
  ].join('; ');
  if (!training)
    return { problem: 'broken recipe', seen, advice: 'train it anew; its config is not here, so the cause cannot be told' };
  const rate = training.peakLearningRate;
  if (rate < 1e-4)
    return {
      problem: 'broken recipe',
      seen,
      advice: 'the learning rate is too low to learn anything',
      change: '"optimizer": { "peakLearningRate": 1e-3 }',
    };
  const lower = rate > 3e-3 ? 1e-3 : rate / 3;
  const change = `"optimizer": { "peakLearningRate": ${Number(lower.toPrecision(2))}, "warmupSteps": 200 }`;
  return { problem: 'broken recipe', seen, advice: 'the learning rate is too high, or its warm-up too short', change };
}

const isLoss = (line: LogLine): line is LogLine & { loss: number } => typeof line['loss'] === 'number';

function shortSequence({ corpus, settings: { maxTokens } }: ModelEvidence): Finding | undefined {
  if (!corpus || corpus.tooLong <= 0.02) return undefined;
  return {
    problem: 'sequence too short',
    seen: `${percent(corpus.tooLong)} of the rows are longer than the ${maxTokens - 2} tokens that fit, and are left out; 99 % have at most ${corpus.longest}`,
    advice: 'let the longer rows in; a step then costs more',
    change: `"model": { "maxTokens": ${roundedUp(corpus.longest)} }`,
  };
}

function smallVocabulary({ corpus, settings: { training } }: ModelEvidence): Finding | undefined {
  if (!corpus || corpus.unknown <= 0.04) return undefined;
  const seen = `${percent(corpus.unknown)} of the words are not in the vocabulary, so the model never writes them`;
  const lower = Math.min(corpus.minCountFor2Percent, (training?.minCount ?? 4) - 1);
  if (lower < 1)
    return {
      problem: 'vocabulary too small',
      seen,
      advice: 'words of this corpus were not in the one that it was trained on; train on this one too',
    };
  return {
    problem: 'vocabulary too small',
    seen,
    advice: 'let rarer words in',
    change: `"tokenizer": { "name": "words", "minCount": ${lower} }`,
  };
}

function overfit({ log, samples }: ModelEvidence): Finding | undefined {
  const means = log.flatMap((line) => validationMean(line) ?? []);
  const { bestStep, since } = progressOf(log);
  const best = Math.min(...means);
  const last = means.at(-1) ?? best;
  const rises = since >= 2 && last > 1.03 * best;
  const copies = samples && samples.copies > 0.3 && samples.count >= 8;
  if (!rises && !copies) return undefined;
  const seen = [
    ...(rises
      ? [`the validation was best at step ${bestStep} (${nats(best)} nats per token) and is ${nats(last)} at the end`]
      : []),
    ...(copies ? [`${percent(samples.copies)} of ${samples.count} texts are rows of the corpus, word for word`] : []),
  ].join('; ');
  const change = `"validation": { "patience": 2 }${rises ? `, or "optimizer": { "steps": ${bestStep} }` : ''}`;
  return { problem: 'overfitted', seen, advice: 'end where the validation is best', change };
}

function undertraining({ log, samples, settings: { training } }: ModelEvidence): Finding | undefined {
  const means = log.flatMap((line) => validationMean(line) ?? []);
  const [before, last] = [means.at(-2), means.at(-1)];
  const falls = before !== undefined && last !== undefined && last < 0.99 * before;
  const gap = samples ? samples.nats - samples.heldNats : 0;
  const short = samples !== undefined && samples.meanTokens < 0.6 * samples.corpusMeanTokens;
  if (!falls && gap <= 1.5 && !short) return undefined;
  const seen = [
    ...(falls ? [`the validation still fell by ${percent(1 - last / before)} between the last two measurements`] : []),
    ...(gap > 1.5
      ? [
          `its texts cost ${nats(samples!.nats)} nats per token under a 4-gram model of the corpus, held-out rows ${nats(samples!.heldNats)}`,
        ]
      : []),
    ...(short
      ? [`its texts have ${samples.meanTokens.toFixed(1)} tokens on average, the rows ${samples.corpusMeanTokens.toFixed(1)}`]
      : []),
  ].join('; ');
  const longer = training && { change: `"optimizer": { "steps": ${2 * training.steps} }` };
  return {
    problem: 'undertrained',
    seen,
    advice: 'train longer, in another output folder: the learning rate follows from the number of steps',
    ...longer,
  };
}

function littleData({ corpus, settings: { training } }: ModelEvidence): Finding | undefined {
  if (!corpus || corpus.rows >= 2000 || training?.isFineTuning === true) return undefined;
  return {
    problem: 'too little data',
    seen: `${corpus.rows} rows; a model that starts from nothing learns so few by heart`,
    advice: 'start from a trained model, or collect several thousand rows',
    change: '"from": "models/english" (or another model folder)',
  };
}
