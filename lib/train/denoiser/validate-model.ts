import { inputError } from '../../base/errors.js';
import { locate } from '../../base/locate.js';
import { keyOf } from '../../base/random.js';
import { openDevice } from '../../engine/devices/open.js';
import type { DeviceName } from '../../engine/types.js';
import { loadCheckpoint } from '../../model/checkpoint/checkpoint.js';
import { readCorpus } from '../../text/corpus.js';
import { EMA } from '../optimizer.js';
import { validator } from '../validation.js';

export interface ValidateOptions {
  /** Column of a CSV corpus. */
  readonly column?: string;
  readonly seed?: number;
  /** Number of rows to measure, the first ones. Default: all. */
  readonly rows?: number;
  readonly device?: DeviceName | 'auto';
}

export interface ValidationReport {
  /** Cross-entropy by noise level in nats per token, from START to END, self-conditioned. */
  readonly levels: Readonly<Record<string, number>>;
  readonly mean: number;
  readonly rows: number;
  /** Number of rows with more than maxTokens - 2 tokens. */
  readonly tooLong: number;
}

/** Measures how well a model denoises a held-out corpus. @throws InputError if no row fits maxTokens */
export async function validateModel(model: string, corpus: string, options: ValidateOptions = {}): Promise<ValidationReport> {
  const checkpoint = await loadCheckpoint(locate(model));
  const { config, tokenizer, denoiser, weights } = checkpoint;
  const read = await readCorpus(corpus, options.column === undefined ? {} : { column: options.column });
  const tokenized = read.rows.map(({ text }) => tokenizer.tokenize(text));
  const fitting = tokenized.filter((tokens) => tokens.length <= config.maxTokens - 2);
  const rows = fitting.slice(0, options.rows ?? Infinity);
  if (rows.length === 0) throw inputError(corpus, `expected a row of at most ${config.maxTokens - 2} tokens, found none`);
  const device = await openDevice(options.device ?? 'auto');
  try {
    const set = { rows, vocabulary: tokenizer.vocabulary, maxTokens: config.maxTokens, batchSize: Math.min(32, rows.length) };
    const validate = await validator(device, denoiser, config, set, keyOf(options.seed ?? 1));
    const state = device.state(Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [EMA + name, tensor])));
    const levels = await validate(state);
    const values = Object.values(levels);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { levels, mean, rows: rows.length, tooLong: tokenized.length - fitting.length };
  } finally {
    await device.dispose();
  }
}
