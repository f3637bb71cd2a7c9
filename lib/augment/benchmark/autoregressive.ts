import { makeFolder } from '../../base/files.js';
import { type Key, keyOf, seedOf, split } from '../../base/random.js';
import { locate } from '../../base/locate.js';
import { sampleTexts, type Reweigh, type TextRequest } from '../../baseline/sample-texts.js';
import type { DrawOptions } from '../../baseline/draw.js';
import { type SearchHooks, speaking } from '../../decode/index.js';
import { openDevice } from '../../engine/devices/open.js';
import type { Device } from '../../engine/types.js';
import { languageModelOf, loadLanguageModel } from '../../model/causal/language-model-checkpoint.js';
import type { AugmentConfig } from '../../config/index.js';
import { openRunFiles } from '../../run/run-files.js';
import type { SampleLine } from '../../run/sample-line.js';
import { fromTokenIds } from '../../text/token-ids.js';
import type { Tokenizer } from '../../text/types.js';
import type { GivenRow } from '../given-rows.js';
import type { MakeRound } from '../rounds.js';

/** Texts sampled at once. */
const ROWS = 64;
/** Texts of a shard, the unit that a stopped round resumes by. */
const SHARD = 256;

/** Returns the word that stands for a label before the words of a text. */
const labelWord = (index: number): string => `xlabel${index}x`;

/** Returns the text of a row as the language model learns it: after the word of its label, as in LAMBADA (Anaby-Tavor et al. 2020). */
export const withLabelWord =
  (labels: readonly string[]) =>
  ({ text, label }: GivenRow): string =>
    `${labelWord(labels.indexOf(label))} ${text}`;

/**
 * Returns the maker of rounds that samples a language model given the word of the label.
 *
 * @param model folder of a language model that learned rows with label words
 */
export function labelledRound(
  model: string,
  labels: readonly string[],
  options: DrawOptions,
  { device: deviceName }: Pick<AugmentConfig, 'device'>,
): MakeRound {
  return async ({ folder, seed, wanted }, { onProgress, signal }) => {
    const texts = wanted.flatMap(({ label, texts: count }) => Array.from({ length: count }, (_, sample) => ({ label, sample })));
    await makeFolder(folder);
    const expected = texts.map(({ label }, index) => ({ id: `${index}`, target: { label } }));
    const files = await openRunFiles(folder, expected, SHARD, 0);
    const device = await openDevice(deviceName);
    try {
      if (files.unfinished.length === 0) return;
      const write = await openWriter(device, model, labels, options);
      for (const shard of files.unfinished) {
        const from = shard * SHARD;
        const own = texts.slice(from, from + SHARD).map((text, i) => ({ ...text, index: from + i, key: split(keyOf(seed), 'text', from + i) })); // prettier-ignore
        const onShare = (share: number) => onProgress?.(from + Math.floor(share * own.length), texts.length);
        const begunAt = performance.now();
        const lines = await write(own, { onShare, signal });
        await files.append({ shard, lines, traces: () => Promise.resolve([]), ms: Math.round(performance.now() - begunAt) });
      }
    } finally {
      await files.close();
      await device.dispose();
    }
  };
}

/** A text to sample. */
interface NumberedText {
  readonly index: number;
  readonly label: string;
  readonly sample: number;
  readonly key: Key;
}

type Writer = (texts: readonly NumberedText[], hooks: SearchHooks) => Promise<SampleLine[]>;

/** Loads the language model, and returns a function that samples texts. */
async function openWriter(device: Device, model: string, labels: readonly string[], options: DrawOptions): Promise<Writer> {
  const checkpoint = await loadLanguageModel(locate(model));
  const { tokenizer, config } = checkpoint;
  const { vocabulary } = tokenizer;
  const ids = labels.map((_, index) => vocabulary.id(labelWord(index))!);
  const decoder = speaking(languageModelOf(device, checkpoint), vocabulary).decoder(ROWS);
  const setup = { decoder, vocabulary, maxTokens: config.maxTokens, options, reweigh: without(ids) };
  return async (texts, hooks) => {
    const requests = texts.map(({ label, key }): TextRequest => ({ target: 0, key, begin: [ids[labels.indexOf(label)]!] }));
    const sequences = await sampleTexts(setup, requests, hooks);
    return sequences.map((sequence, i) => lineOf(sequence, texts[i]!, tokenizer));
  };
}

/** Forbids words that stand for labels inside of texts. */
const without =
  (ids: readonly number[]): Reweigh =>
  (_, logProbs) => {
    for (const row of logProbs) for (const id of ids) row[id] = -Infinity;
    return Promise.resolve(logProbs);
  };

function lineOf(sequence: Int32Array, { index, label, sample, key }: NumberedText, tokenizer: Tokenizer): SampleLine {
  const { tokens: all, truncated } = fromTokenIds(sequence, tokenizer.vocabulary);
  const tokens = all.slice(1); // the first is the word of the label
  const text = tokenizer.detokenize(tokens);
  return {
    id: `${index}`,
    target: { label },
    sample,
    tokens,
    text,
    guides: {},
    ...(truncated && { truncated }),
    seed: seedOf(key),
  };
}
