import { jsonHash } from '../../base/hash.js';
import { inputError } from '../../base/errors.js';
import { discriminatorParams } from '../../baseline/index.js';
import type { TrainGuideConfig } from '../../config/index.js';
import { openDevice } from '../../engine/devices/open.js';
import type { HostTensors } from '../../engine/types.js';
import type { ModelInfo } from '../../guide/contract.js';
import type { FutureSpec } from '../../guide/future.js';
import { modelInfoOf } from '../../guide/model-info.js';
import type { Checkpoint } from '../../model/checkpoint/checkpoint.js';
import { FUTURE, guideFolder, saveGuideCheckpoint } from '../../model/checkpoint/guide-checkpoint.js';
import { type DiscriminatorSize, discriminatorSizeOf, vocabularyHash } from '../../plan/discriminators.js';
import { toTokenIds } from '../../text/token-ids.js';
import type { AnnotatedRow } from '../../text/types.js';
import type { TrainingHooks } from '../session.js';
import { rowSwapper, type RowSwapper, withSwapped } from '../swap-rows.js';
import type { BaseGuide } from './base-guide.js';
import type { GuideRows } from './guide-corpus.js';
import { type GuideStart, startFromGuide, wordsFromBase } from './guide-start.js';
import { type AnsweredRow, type DiscriminatorJob, trainDiscriminator } from './train-discriminator.js';

/** Trains the discriminator of a guide and saves it next to the model, as MODEL/guides/NAME-future. */
export async function trainFuture(
  config: TrainGuideConfig,
  checkpoint: Checkpoint,
  spec: FutureSpec<unknown>,
  { rows, base }: { rows: GuideRows; base: BaseGuide | undefined },
  hooks: TrainingHooks,
): Promise<{ folder: string; trained: boolean }> {
  const { guide, via, network, optimizer, patience, seed, checkpointMinutes, output } = config;
  const { layers, width, heads } = network;
  const info = modelInfoOf(checkpoint);
  const swap = await rowSwapper(config, checkpoint.tokenizer);
  const classes = spec.classes?.(withSwapped(rows.train, swap, seed), info) ?? [];
  const learned = learnedRows(config, rows, info, swap, (row) => spec.answers(row, info, classes));
  const folder = guideFolder(checkpoint.folder, guide, FUTURE);
  const about = { format: 'diffusteer-guide', version: 1, guide, via, denoiser: vocabularyHash(info.vocabulary) } as const;
  const saved = { ...about, ...(classes.length > 0 ? { classes: [...classes] } : {}), network: { layers, width, heads } };
  const fingerprint = jsonHash([config, saved, learned.rows.length, ...(base ? [base.hash] : [])]);
  const device = await openDevice(config.device, config);
  try {
    const size = discriminatorSizeOf(info, network, spec.questions(info, classes));
    const job = {
      ...{ folder: output, device, size, optimizer, patience, seed, fingerprint, checkpointMinutes, ...learned },
      ...(base && { start: () => startFromGuide(futureStart(base, config, { classes, size, info, rows })) }),
      measureEvery: Math.max(1, Math.floor(optimizer.steps / 10)),
      saveModel: (tensors: HostTensors) => saveGuideCheckpoint(folder, { config: saved, tensors }, { float16: true }),
    };
    return { folder, trained: await trainDiscriminator(job, hooks) };
  } finally {
    await device.dispose();
  }
}

function futureStart(
  base: BaseGuide,
  { guide, seed }: TrainGuideConfig,
  own: { classes: readonly string[]; size: DiscriminatorSize; info: ModelInfo; rows: GuideRows },
): GuideStart {
  const texts = own.rows.train.map(({ words }) => words);
  return {
    ...{ base, guide, seed, classes: own.classes, parameters: discriminatorParams(own.size) },
    ...{ outputs: ['answers.weight', 'answers.bias'], wordTables: ['tokens', 'next'] },
    words: wordsFromBase(base, own.info.vocabulary, texts),
  };
}

/** Returns the rows that fit maxTokens, with their answers. @throws InputError if none does */
function learnedRows(
  { parses, corpus }: TrainGuideConfig,
  { train, held }: GuideRows,
  { vocabulary, maxTokens }: ModelInfo,
  swap: RowSwapper | undefined,
  answersOf: (row: AnnotatedRow) => Int32Array,
): Pick<DiscriminatorJob, 'rows' | 'validationRows' | 'augment'> {
  const answered = (row: AnnotatedRow): AnsweredRow | undefined => {
    const ids = toTokenIds(row.words, vocabulary, maxTokens);
    return ids && { ids, answers: () => answersOf(row) };
  };
  const fitting = train.filter(({ words }) => words.length <= maxTokens - 2);
  const rows = fitting.flatMap((row) => answered(row) ?? []);
  const validationRows = held.flatMap((row) => answered(row) ?? []);
  if (rows.length === 0 || validationRows.length === 0)
    throw inputError(
      parses ?? corpus!.file,
      `expected rows of at most ${maxTokens - 2} words to train and to validate on, found ${rows.length} and ${validationRows.length}`,
    );
  if (!swap) return { rows, validationRows };
  return { rows, validationRows, augment: (row, key) => answered(swap(fitting[row]!, key)) ?? rows[row]! }; // a longer name may not fit
}
