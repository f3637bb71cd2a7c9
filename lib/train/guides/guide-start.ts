import { join } from 'node:path';
import { type Key, keyOf, split } from '../../base/random.js';
import type { Device, HostTensor, HostTensors } from '../../engine/types.js';
import { type Checkpoint, withWeights } from '../../model/checkpoint/checkpoint.js';
import { readSafetensors } from '../../model/checkpoint/safetensors.js';
import { classifierParams, type ClassifierSize } from '../../model/denoiser/noisy-encoder.js';
import type { ParamSpec } from '../../model/types.js';
import type { Vocabulary } from '../../text/types.js';
import { carryOver, type Indexed } from '../carry-over.js';
import { neighbourShares, type Shares } from '../neighbour-words.js';
import type { BaseGuide } from './base-guide.js';

/** The part of a training that decides which answers a base can give. */
interface Learned {
  readonly guide: string;
  readonly classes: readonly string[];
  readonly seed: number;
}

/** A guide's network that starts from the weights of a trained guide. */
export interface GuideStart extends Learned {
  readonly base: BaseGuide;
  /** The words of the base that each word starts from. */
  readonly words: readonly Shares[];
  readonly parameters: readonly ParamSpec[];
  /** Names of the parameters that give the answers, on top of the token states. */
  readonly outputs: readonly string[];
  /** Names of the parameters with a row per word, [V, ...]. */
  readonly wordTables: readonly string[];
}

/**
 * Returns the initial weights of a guide's network, taken over from a trained guide. Words are matched by their spelling, whatever their
 * ids; a new word starts from the words with its neighbours, as in the training of a denoiser. Outputs are taken over if both guides
 * have the same name and classes, or, if they have a column per class, those of the shared classes; others start at random, near 0.
 */
export async function startFromGuide(start: GuideStart): Promise<Record<string, HostTensor>> {
  const { base, words, parameters, wordTables, seed } = start;
  const { tensors } = await readSafetensors(join(base.folder, 'model.safetensors'));
  const indexed = Object.fromEntries(wordTables.map((name): [string, Indexed] => [name, { axis: 0, shares: words }]));
  const outputs = outputsOf(start, tensors);
  const key: Key = split(keyOf(seed), 'parameters');
  return carryOver({ parameters, base: outputs.known, indexed: { ...indexed, ...outputs.byClass }, faint: outputs.faint, key });
}

/** Returns the words of the base that each word of a vocabulary starts from. */
export const wordsFromBase = ({ model }: BaseGuide, vocabulary: Vocabulary, rows: readonly (readonly string[])[]): Shares[] =>
  neighbourShares(vocabulary, model.tokenizer.vocabulary, rows);

/** Returns the weights of the base without the outputs that mean something else, and the axis of classes of the others. */
function outputsOf(
  { base, guide, classes, outputs, parameters }: GuideStart,
  tensors: HostTensors,
): { known: HostTensors; byClass: Record<string, Indexed>; faint: readonly string[] } {
  const its = base.config.classes ?? [];
  const sameGuide = base.config.guide === guide;
  const same = sameGuide && JSON.stringify(its) === JSON.stringify(classes);
  const shares = classes.map((name): Shares => {
    const at = its.indexOf(name);
    return { known: at < 0 ? [] : [[at, 1]], exact: at >= 0 };
  });
  const known: Record<string, HostTensor> = { ...tensors };
  const byClass: Record<string, Indexed> = {};
  const faint: string[] = [];
  for (const name of outputs) {
    const from = tensors[name];
    const spec = parameters.find((parameter) => parameter.name === name);
    if (!from || !spec || (same && `${from.shape}` === `${spec.shape}`)) continue;
    faint.push(name);
    const hasColumns =
      sameGuide && classes.length > 0 && spec.shape.at(-1) === classes.length && from.shape.at(-1) === its.length;
    if (hasColumns) byClass[name] = { axis: spec.shape.length - 1, shares };
    else delete known[name];
  }
  return { known, byClass, faint };
}

/** A classifier, and the guide that it starts from if there is one. */
export interface ClassifierStart extends Learned {
  /** Training rows, in which words that the base lacks find words that it knows. */
  readonly rows: readonly (readonly string[])[];
  readonly base: BaseGuide | undefined;
  readonly size: ClassifierSize;
  readonly outputs: readonly ParamSpec[];
}

/**
 * Returns the initial weights of a classifier that are not random: the denoiser's embeddings as `tokens`, or all weights from the base. Its
 * copy of an embedding then differs from the denoiser's by as much as the base's differed from that of its own denoiser.
 */
export async function classifierStart(
  checkpoint: Checkpoint,
  { base, size, outputs, rows, ...learned }: ClassifierStart,
  device: Device,
): Promise<HostTensors> {
  const own = await embeddingTable(checkpoint, device);
  if (!base) return { tokens: own };
  const words = wordsFromBase(base, checkpoint.tokenizer.vocabulary, rows);
  const weights = await startFromGuide({
    ...{ ...learned, base, words },
    parameters: [...classifierParams(size), ...outputs],
    outputs: outputs.map(({ name }) => name),
    wordTables: ['tokens', 'lookup'],
  });
  const before = await embeddingTable(await withWeights(base.model), device);
  return { ...weights, tokens: moved(weights['tokens']!, own, before, words) };
}

/** Returns the clean embeddings of the tokens, [V, D]. */
async function embeddingTable({ denoiser, weights }: Checkpoint, device: Device): Promise<HostTensor> {
  const program = await device.compile((inputs) => ({ table: denoiser.embeddings(inputs) }), [], weights);
  return (await program.run({}))['table']!;
}

/**
 * Adds to each row the way from the base's embedding of the word to the own one; words that the base lacks get their own embedding.
 *
 * @param table [V, D]
 * @param own embeddings of the denoiser, [V, D]
 * @param before embeddings of the base's denoiser, [V', D]
 */
function moved(table: HostTensor, own: HostTensor, before: HostTensor, words: readonly Shares[]): HostTensor {
  const width = own.shape[1]!;
  const data = Float32Array.from(own.data, (value, i) => {
    const { known, exact } = words[Math.floor(i / width)]!;
    return exact ? table.data[i]! + (value - before.data[known[0]![0] * width + (i % width)]!) : value;
  });
  return { ...table, data };
}
