import { inputError, messageOf } from '../../lib/base/errors.js';
import { leastGains } from '../../lib/decode/index.js';
import { openDevice } from '../../lib/engine/devices/open.js';
import { languageModelOf, loadLanguageModel } from '../../lib/model/causal/language-model-checkpoint.js';
import { readCorpus } from '../../lib/text/corpus.js';
import { splitWords } from '../../lib/text/split-words.js';
import { logProbsOf } from './word-log-probs.js';

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
    const sums = (await logProbsOf(model, texts)).map((gains) => -leastGains({ gains }));
    const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
    const doubtful = sums.filter((sum) => sum > DOUBTFUL).length / sums.length;
    console.log(
      `${folder}: the three largest surprisals of a text sum to ${mean.toFixed(1)} nats in the mean, to more than ${DOUBTFUL} in ${(100 * doubtful).toFixed(0)} % of ${sums.length} texts`,
    );
  }
  await device.dispose();
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 2;
}
