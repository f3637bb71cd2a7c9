import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { inputError } from '../../base/errors.js';
import { openDevice } from '../../engine/devices/open.js';
import type { Device } from '../../engine/types.js';
import { languageModelOf, loadLanguageModel } from '../../model/causal/language-model-checkpoint.js';
import type { LanguageModel } from '../../model/causal/language-model.js';
import { causalObstacle, loadOnnxLanguageModel, type OnnxLanguageModel } from '../../model/external/onnx-language-model.js';
import { joinWords } from '../../text/join-words.js';
import type { Vocabulary } from '../../text/types.js';
import { JudgeUnavailable } from '../judge.js';
import type { FluencyJudge } from './fluency.js';

/** Largest share of the words that a model may lack. */
const UNKNOWN_MOST = 0.25;

export interface StoppableFluency extends FluencyJudge {
  /** Frees the network, if it was started. */
  stop(): Promise<void>;
}

/**
 * Returns the fluency judge of a folder: an autoregressive model as `train-judge` writes it, or any causal language model in the ONNX layout
 * of transformers.js. Its network starts with the first text.
 *
 * @param threads CPU threads of a model of `train-judge`. Default: as `openDevice`
 * @throws InputError if the folder holds neither, saying what is missing
 */
export async function languageFluency(folder: string, threads?: number): Promise<StoppableFluency> {
  if (existsSync(join(folder, 'onnx'))) return onnxFluency(folder);
  if (existsSync(join(folder, 'model.safetensors'))) return trainedFluency(folder, threads);
  const expected = 'expected a model of `diffusteer train-judge`, or one for transformers.js with its network in onnx/model.onnx';
  throw inputError(folder, existsSync(folder) ? `${expected}, found neither` : `${expected}; there is no such folder`);
}

/** Returns the judge `lm`. It always runs on the CPU by onnxruntime, so that a text has one cost. */
async function trainedFluency(folder: string, threads: number | undefined): Promise<StoppableFluency> {
  const checkpoint = await loadLanguageModel(folder);
  return started<{ device: Device; model: LanguageModel }>({
    name: 'lm',
    by: `autoregressive model ${basename(resolve(folder))} (${checkpoint.hash.slice(0, 8)})`,
    start: async () => {
      const device = await openDevice('onnx-cpu', { threads });
      return { device, model: languageModelOf(device, checkpoint) };
    },
    nats: ({ model }, texts) => {
      checkKnown(texts, model.vocabulary, folder);
      return model.nats(texts);
    },
    stop: ({ device }) => device.dispose(),
  });
}

/** Checks that the model knows enough of the words: all unknown words are the same to it, so texts on other subjects would score alike. */
function checkKnown(texts: readonly (readonly string[])[], vocabulary: Vocabulary, folder: string): void {
  const words = texts.flat();
  const unknown = words.filter((word) => vocabulary.id(word) === undefined);
  if (unknown.length <= UNKNOWN_MOST * words.length) return;
  const share = `${Math.round((100 * unknown.length) / words.length)} %`;
  const examples = [...new Set(unknown)].slice(0, 3).join(', ');
  throw new JudgeUnavailable(
    `the language model ${folder} does not know ${share} of the words (${examples}); give a model of such texts with --lm (\`diffusteer train-judge\`)`,
  );
}

/** Returns a judge with the name of its folder. It reads detokenized text, in tokens of its own. */
async function onnxFluency(folder: string): Promise<StoppableFluency> {
  const obstacle = causalObstacle(folder);
  if (obstacle !== undefined) throw inputError(folder, obstacle);
  const name = basename(resolve(folder));
  return started<OnnxLanguageModel>({
    name,
    by: `${name}, by transformers.js`,
    start: () => loadOnnxLanguageModel(folder),
    nats: (model, texts) => model.nats(texts.map(joinWords)),
    stop: (model) => model.dispose(),
  });
}

interface Startable<T> extends Pick<FluencyJudge, 'name' | 'by'> {
  start(): Promise<T>;
  nats(model: T, ...texts: Parameters<FluencyJudge['nats']>): ReturnType<FluencyJudge['nats']>;
  stop(model: T): Promise<void>;
}

/** Wraps a model so that it starts once, with the first text. */
function started<T>({ name, by, start, nats, stop }: Startable<T>): StoppableFluency {
  let running: Promise<T> | undefined;
  return {
    name,
    by,
    async nats(texts) {
      running ??= start();
      return nats(await running, texts);
    },
    async stop() {
      const used = await running?.catch(() => undefined); // it never started: nothing to stop
      running = undefined;
      if (used !== undefined) await stop(used);
    },
  };
}
