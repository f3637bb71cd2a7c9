import { inputError, messageOf } from '../../lib/base/errors.js';
import { openDevice } from '../../lib/engine/devices/open.js';
import { languageModelOf, loadLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import type { LanguageModel } from '../../lib/model/causal/language-model.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { splitWords } from '../../lib/text/split-words.js';

const USAGE = 'expected: surprisals FILE MODEL...: texts (the field "text" of JSON lines) and folders of language models';
/** How many of the least likely words of a text count: one or two of them make a text bad. */
const LARGEST = 3;
/** Sum of the largest surprisals from which a text is listed as doubtful, nats. */
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
    for (const words of texts) sums.push(sumOfLargest(await surprisals(model, words)));
    const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
    const doubtful = sums.filter((sum) => sum > DOUBTFUL).length / sums.length;
    console.log(
      `${folder}: the ${LARGEST} largest surprisals of a text sum to ${mean.toFixed(1)} nats in the mean, to more than ${DOUBTFUL} in ${(100 * doubtful).toFixed(0)} % of ${sums.length} texts`,
    );
  }
  await device.dispose();
}

/** Returns -ln p of each word and of the END after them, nats. Words that the model lacks count as UNK. */
async function surprisals(model: LanguageModel, words: readonly string[]): Promise<number[]> {
  const { vocabulary } = model;
  const ids = words.map((word) => vocabulary.id(word) ?? vocabulary.unk);
  const rows = await model.nextLogProbs([...ids, vocabulary.end].map((_, i) => ids.slice(0, i)));
  return rows.map((row, i) => -row[ids[i] ?? vocabulary.end]!);
}

const sumOfLargest = (values: readonly number[]): number =>
  values
    .toSorted((a, b) => b - a)
    .slice(0, LARGEST)
    .reduce((sum, value) => sum + value, 0);

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
