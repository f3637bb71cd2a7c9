import type { Problem } from '../base/errors.js';
import { type GenerateConfig, nearest, resolveFrom, type Target } from '../config/index.js';
import type { OpenCheckpoint } from '../model/checkpoint/checkpoint.js';
import { toTokenIds } from '../text/token-ids.js';

/** A given text that a run starts from. */
export interface GivenText {
  readonly tokens: readonly string[];
  /** The text with START, END and PAD, [L]. */
  readonly ids: Int32Array;
}

/** Returns the text to edit for each target, undefined if the config edits none, and a problem for every text that is too long for the model. */
export function givenTexts(
  { edit }: Pick<GenerateConfig, 'edit'>,
  targets: readonly Target[],
  checkpoint: OpenCheckpoint,
): { texts: GivenText[] | undefined; problems: Problem[] } {
  if (!edit) return { texts: undefined, problems: [] };
  const problems: Problem[] = [];
  if (edit.keep > 0 && !checkpoint.denoiser.interpolates)
    problems.push({
      path: '/edit/keep',
      message: `expected 0, since a model of the paper's recipe takes no weights on its tokens, got ${edit.keep}`,
    });
  const texts = targets.map((target) => {
    const found = givenText(edit.text, target, checkpoint);
    if (Array.isArray(found)) problems.push(...found);
    return found;
  });
  return { texts: texts as GivenText[], problems };
}

function givenText(source: unknown, target: Target, { config, tokenizer }: OpenCheckpoint): GivenText | Problem[] {
  const path = '/edit/text';
  const { value, problems } = resolveFrom(source, target, path);
  if (problems.length > 0) return [...problems];
  const isWords = Array.isArray(value) && value.every((word) => typeof word === 'string');
  if (typeof value !== 'string' && !isWords)
    return [{ path, message: `expected a text or a list of words, got ${JSON.stringify(value)} (${target.where})` }];
  const tokens = typeof value === 'string' ? tokenizer.tokenize(value) : value;
  const unknown = [...new Set(tokens)].filter((token) => tokenizer.vocabulary.id(token) === undefined);
  if (unknown.length > 0) {
    const names = unknown.map((word) => {
      const meant = nearest(word, tokenizer.vocabulary.tokens);
      return `"${word}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`;
    });
    return [{ path, message: `the vocabulary has no ${names.join(', no ')}; use other words (${target.where})` }];
  }
  const ids = toTokenIds(tokens, tokenizer.vocabulary, config.maxTokens);
  if (ids) return { tokens, ids };
  const most = `expected at most ${config.maxTokens - 2} words, the longest text of this model, got ${tokens.length}`;
  return [{ path, message: `${most} (${target.where})` }];
}
