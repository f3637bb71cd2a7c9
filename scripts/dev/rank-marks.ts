import { readFile } from 'node:fs/promises';
import { inputError, messageOf } from '../../lib/base/errors.js';
import { leastGains } from '../../lib/decode/index.js';
import { openDevice } from '../../lib/engine/devices/open.js';
import type { Device } from '../../lib/engine/types.js';
import { languageModelOf, loadLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { loadCheckpoint } from '../../lib/model/checkpoint/checkpoint.js';
import { wordSurprisals } from '../../lib/shard/word-prior.js';
import { splitWords } from '../../lib/text/split-words.js';
import type { Marked } from './reading.js';
import { logProbsOf } from './word-log-probs.js';

const USAGE =
  'expected: rank-marks MODEL LANGUAGE-MODEL SOURCES FILE...: a pattern for sources, such as unguided, and records of blind readings';
const RARITIES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];

/** Prints how well the three largest surprisals of a text, less a share of what its words have without context, tell bad texts from good ones. */
async function main([folder, language, sources, ...files]: readonly string[]): Promise<void> {
  if (folder === undefined || language === undefined || sources === undefined || files.length === 0)
    throw inputError('arguments', USAGE);
  const marked = (await Promise.all(files.map(readMarks)))
    .flat()
    .filter(({ source, text }) => text !== undefined && new RegExp(sources).test(source));
  const texts = marked.map(({ text }) => splitWords(text!));
  const bad = marked.map((mark) => mark.bad !== undefined);
  const device = await openDevice('onnx-cpu');
  const alone = await surprisalsAlone(device, folder);
  const inContext = await logProbsOf(languageModelOf(device, await loadLanguageModel(language)), texts);
  console.log(`${texts.length} marks, ${bad.filter(Boolean).length} of them bad`);
  for (const rarity of RARITIES) {
    const doubts = texts.map((words, i) => {
      const gains = inContext[i]!.map((logProb, at) => Math.min(0, logProb + rarity * (alone.get(words[at]!) ?? 0)));
      return -leastGains({ gains });
    });
    console.log(`rarity ${rarity.toFixed(1)}: AUC ${areaUnderCurve(doubts, bad).toFixed(3)}`);
  }
  await device.dispose();
}

const readMarks = async (file: string): Promise<Marked[]> =>
  (await readFile(file, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Marked); // prettier-ignore

/** Returns the surprisal of each word without context less that of a usual word, nats. */
async function surprisalsAlone(device: Device, folder: string): Promise<ReadonlyMap<string, number>> {
  const checkpoint = await loadCheckpoint(folder);
  const { tokens } = checkpoint.tokenizer.vocabulary;
  return new Map(Array.from(await wordSurprisals(device, checkpoint), (nats, id) => [tokens[id]!, nats]));
}

/** Returns the probability that a bad text has the larger value than a good one, equal values counting half (Mann and Whitney 1947). */
function areaUnderCurve(values: readonly number[], isBad: readonly boolean[]): number {
  const ofBad = values.filter((_, i) => isBad[i]);
  const ofGood = values.filter((_, i) => !isBad[i]);
  const wins = ofBad.reduce((sum, a) => sum + ofGood.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  return wins / (ofBad.length * ofGood.length);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
