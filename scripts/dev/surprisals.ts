import { inputError, messageOf } from '../../lib/base/errors.js';
import { leastGains } from '../../lib/decode/index.js';
import { openDevice } from '../../lib/engine/devices/open.js';
import { languageModelOf, loadLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import type { LanguageModel } from '../../lib/model/causal/language-model.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { splitWords } from '../../lib/text/split-words.js';

const USAGE = 'expected: surprisals FILE MODEL...: texts (the field "text" of JSON lines) and folders of language models';
/** Sum of the three largest surprisals above which a text counts as doubtful, nats. */
const DOUBTFUL = 12;

/** Prints how unlikely the least likely words of texts are under language models. */
async function main([file, ...folders]: readonly string[]): Promise<void> {
  if (file === undefined || folders.length === 0) throw inputError('arguments', USAGE);
  const { rows } = await readCorpus(file, { column: 'text', field: 'text' });
  const texts = rows.map(({ text }) => splitWords(text));
  const device = await openDevice('onnx-cpu');
  for (const folder of folders) {
    const model = languageModelOf(device, await loadLanguageModel(folder));
    const sums: number[] = [];
    for (const words of texts) sums.push(-leastGains({ gains: await logProbsOf(model, words) }));
    const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
    const doubtful = sums.filter((sum) => sum > DOUBTFUL).length / sums.length;
    console.log(
      `${folder}: the three largest surprisals of a text sum to ${mean.toFixed(1)} nats in the mean, to more than ${DOUBTFUL} in ${(100 * doubtful).toFixed(0)} % of ${sums.length} texts`,
    );
  }
  await device.dispose();
}

/** Returns ln p of each word and of the END after them, nats. Words that the model lacks count as UNK. */
async function logProbsOf({ vocabulary, nextLogProbs }: LanguageModel, words: readonly string[]): Promise<number[]> {
  const ids = [...words.map((word) => vocabulary.id(word) ?? vocabulary.unk), vocabulary.end];
  const rows = await nextLogProbs(ids.map((_, i) => ids.slice(0, i)));
  return rows.map((row, i) => row[ids[i]!]!);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
