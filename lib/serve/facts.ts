import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, inputErrorOnly } from '../base/errors.js';
import { locate, packageFolder } from '../base/locate.js';
import type { GuideFactory, Via } from '../guide/contract.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { planContext } from '../plan/make-guides.js';
import { splitWords } from '../text/split-words.js';
import type { Tokenizer } from '../text/types.js';
import type { GuideInfo, GuidesAnswer, ModelsAnswer, ModelSummary, PlaceInfo, VocabularyAnswer } from './api.js';
import { isInside, withoutMachinePaths } from './paths.js';
import type { RequestContext } from './request.js';

/** Returns the guides that a config may name, and how a model can use them. @throws InputError if the model cannot be opened */
export async function listGuides({ registry, models }: RequestContext, model: string | undefined): Promise<GuidesAnswer> {
  const checkpoint = model === undefined ? undefined : await openModel(models, model);
  return { guides: await Promise.all([...registry.values()].map((factory) => guideInfo(factory, checkpoint, registry))) };
}

async function guideInfo(
  factory: GuideFactory<unknown>,
  checkpoint: OpenCheckpoint | undefined,
  registry: RequestContext['registry'],
): Promise<GuideInfo> {
  const { name, summary, places, options, example } = factory;
  const context = checkpoint && planContext(registry, checkpoint);
  const placeOf = async (via: Via): Promise<PlaceInfo> => {
    const classes = await context?.classesOf(factory, via).catch(inputErrorOnly);
    if (classes instanceof InputError) return { via, obstacle: withoutMachinePaths(classes.message), classes: [] };
    return { via, classes: classes ?? [] };
  };
  return {
    name,
    summary,
    places: await Promise.all(places.map(placeOf)),
    options: JSON.parse(JSON.stringify(options)) as Record<string, unknown>, // without TypeBox's symbols
    example,
  };
}

/** Opens a model that a request names. @throws InputError if it lies outside or cannot be opened */
export async function openModel(models: RequestContext['models'], model: string): Promise<OpenCheckpoint> {
  if (isInside(model)) return models.checkpoint(locate(model));
  const message = `expected a folder inside the working folder of the server or the package, got ${JSON.stringify(model)}`;
  throw new InputError('request', [{ path: '/model', message }]);
}

/** Lists the checkpoints in `models/` of the working folder and of the package. */
export async function listModels({ models }: RequestContext): Promise<ModelsAnswer> {
  const folders = ['.', packageFolder()].map((folder) => join(folder, 'models')).filter(existsSync);
  const names = [...new Set(folders.flatMap((folder) => readdirSync(folder)))].sort().map((name) => `models/${name}`);
  const opened = await Promise.all(
    names.map((name) => openModel(models, name).then((open) => summaryOf(name, open), inputErrorOnly)),
  );
  return { models: opened.filter((one): one is ModelSummary => !(one instanceof InputError)) };
}

function summaryOf(model: string, { hash, config, tokenizer, folder }: OpenCheckpoint): ModelSummary {
  const { maxTokens, vocabularySize, recipe } = config;
  const wordLevel = tokenizer.level === 'word';
  return { model, hash, maxTokens, vocabularySize, recipe, wordLevel, decoder: existsSync(join(folder, 'decoder')) };
}

/** Returns the words that a model writes with. @throws InputError as openModel */
export async function vocabularyOfModel({ models }: RequestContext, model: string): Promise<VocabularyAnswer> {
  const { vocabulary } = (await openModel(models, model)).tokenizer;
  const special = new Set([vocabulary.pad, vocabulary.unk, vocabulary.start, vocabulary.end]);
  return { model, words: vocabulary.tokens.filter((_, id) => !special.has(id)) };
}

/** Returns how a model splits a text into words. */
export const splitterOf = (tokenizer: Tokenizer | undefined): ((text: string) => readonly string[]) =>
  tokenizer?.level === 'word' ? (text) => tokenizer.tokenize(text) : splitWords;
