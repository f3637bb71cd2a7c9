import { join } from 'node:path';
import type { TrainGuideConfig } from '../../config/index.js';
import { InputError, type Problem } from '../../base/errors.js';
import { readCorpus } from '../../text/corpus.js';
import { readParses, wordsOf } from '../../text/parses.js';
import type { AnnotatedRow, Tokenizer } from '../../text/types.js';

/** Training rows of a guide, and the rows held out to measure it. */
export interface GuideRows {
  readonly train: readonly AnnotatedRow[];
  readonly held: readonly AnnotatedRow[];
}

/**
 * Reads the training data of a guide: parses, or columns of a corpus.
 *
 * @param learnsFrom `parses`, or the names of the fields
 * @throws InputError if the config does not name the file, or the file cannot be used
 */
export async function readGuideRows(
  config: TrainGuideConfig,
  learnsFrom: 'parses' | readonly string[],
  dataFolder: string,
  tokenizer: Tokenizer,
): Promise<GuideRows> {
  const { files, read } = sourceOf(config, learnsFrom, tokenizer);
  const train = await read(join(dataFolder, files.train));
  if (files.validation !== undefined) return { train, held: await read(join(dataFolder, files.validation)) };
  // Every twentieth row, not the last twentieth: a file may be sorted by label.
  return { train: train.filter((_, i) => i % 20 !== 0), held: train.filter((_, i) => i % 20 === 0) };
}

interface Source {
  readonly files: { readonly train: string; readonly validation: string | undefined };
  read(path: string): Promise<AnnotatedRow[]>;
}

function sourceOf(
  { guide, parses, validationParses, corpus }: TrainGuideConfig,
  learnsFrom: 'parses' | readonly string[],
  tokenizer: Tokenizer,
): Source {
  if (learnsFrom === 'parses') {
    if (parses === undefined) throw missing('/parses', `the guide "${guide}" is trained on parses; name their file`);
    return { files: { train: parses, validation: validationParses }, read: parsedRows };
  }
  const fields = learnsFrom.join(', ');
  if (corpus === undefined)
    throw missing('/corpus', `the guide "${guide}" is trained on a corpus with ${fields}; name its file and column`);
  const named = Object.fromEntries(learnsFrom.map((name) => [name, corpus.fields[name] ?? name]));
  const unknown = Object.keys(corpus.fields).filter((name) => !learnsFrom.includes(name));
  if (unknown.length > 0) {
    throw new InputError(
      'config',
      unknown.map((name): Problem => ({ path: `/corpus/fields/${name}`, message: `the guide "${guide}" asks for ${fields}` })),
    );
  }
  const options = { column: corpus.column, field: corpus.column, fields: named };
  return {
    files: { train: corpus.file, validation: corpus.validation },
    read: async (path) =>
      (await readCorpus(path, options)).rows.map(({ text, fields: values = {} }) => ({
        words: tokenizer.tokenize(text),
        sentences: [],
        fields: values,
      })),
  };
}

async function parsedRows(path: string): Promise<AnnotatedRow[]> {
  return (await readParses(path)).map((row) => ({ words: wordsOf(row), sentences: row.sentences, fields: {} }));
}

const missing = (path: string, message: string): InputError => new InputError('config', [{ path, message }]);
