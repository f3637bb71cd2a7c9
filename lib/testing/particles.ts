import type { ParticlesGuide, RewardedText } from '../guide/contract.js';
import { claim } from './claims.js';
import type { Subject } from './subject.js';

/** Returns texts of several lengths, the empty one included. */
function textsFor<O>({ checkpoint: { tokenizer } }: Subject<O>): RewardedText[] {
  const { tokens, start, end, pad, unk } = tokenizer.vocabulary;
  const words = tokens.filter((_, id) => ![start, end, pad, unk].includes(id));
  return [0, 1, 3, 6].map((length) => {
    const own = Array.from({ length }, (_, i) => words[(i * 5 + length) % words.length]!);
    return { tokens: own, text: tokenizer.detokenize(own) };
  });
}

async function rewardOf<O>(subject: Subject<O>): Promise<ParticlesGuide<O>['reward']> {
  const guide = (await subject.make('particles')).guide as ParticlesGuide<O>;
  return (texts, rows) => guide.reward(texts, rows);
}

/** Claims one number per text for every example, the same each time. */
export async function rewardsTexts<O>(subject: Subject<O>): Promise<void> {
  const reward = await rewardOf(subject);
  const texts = textsFor(subject);
  for (const options of subject.examples) {
    const rows = texts.map(() => options);
    const values = await reward(texts, rows);
    const wrong = values.findIndex((value) => Number.isNaN(value) || value === Infinity);
    claim(values.length === texts.length, () => `expected ${texts.length} rewards, one per text, got ${values.length}`);
    claim(wrong < 0, () => `expected nats, got ${values[wrong]} for ${JSON.stringify(texts[wrong])}`);
    const again = await reward(texts, rows);
    const other = values.findIndex((value, i) => value !== again[i]);
    claim(other < 0, () => `expected the same reward each time, got ${values[other]} and ${again[other]} for one text`);
  }
}

/** Rounding may differ between a batch and a single text. */
const TOLERANCE = 1e-3;

/** Claims that a text has the same reward alone and among others. */
export async function keepsTextsApart<O>(subject: Subject<O>): Promise<void> {
  const reward = await rewardOf(subject);
  const texts = textsFor(subject).flatMap((text) => subject.examples.map(() => text));
  const rows = textsFor(subject).flatMap(() => subject.examples);
  const together = await reward(texts, rows);
  for (const [i, text] of texts.entries()) {
    const [alone] = await reward([text], [rows[i]!]);
    const near = alone === together[i] || Math.abs(alone! - together[i]!) <= TOLERANCE;
    claim(near, () => `expected a text to have the reward ${alone} that it has alone, got ${together[i]} among others`);
  }
}
