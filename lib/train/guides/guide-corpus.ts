import { join } from 'node:path';
import { InputError, type Problem } from '../../base/errors.js';
import type { TrainGuideConfig } from '../../config/index.js';
import { readCorpus } from '../../text/corpus.js';
import { readParses, wordsOf } from '../../text/parses.js';
import type { AnnotatedRow, Row, Tokenizer } from '../../text/types.js';
import { BioMeanings } from './bio-rows.js';
import { checkLabels, requireKnownLabels } from './labels.js';

/** Training rows of a guide, and the rows held out to measure it. */
export interface GuideRows {
  readonly train: readonly AnnotatedRow[];
  readonly held: readonly AnnotatedRow[];
}

/**
 * Reads the training data of a guide: parses, or columns of a corpus.
 *
 * @param learnsFrom `parses`, or the names of the fields
 * @param areClasses true if the field `label` names a class of the row, whose labels are checked
 * @throws InputError if the config does not name the file, or the file cannot be used
 */
export async function readGuideRows(
  config: TrainGuideConfig,
  learnsFrom: 'parses' | readonly string[],
  dataFolder: string,
  tokenizer: Tokenizer,
  areClasses = false,
): Promise<GuideRows> {
  const { files, read } = sourceOf(config, learnsFrom, tokenizer);
  const labelOf = (row: AnnotatedRow): string | undefined => (areClasses ? row.fields['label']?.trim() : undefined);
  const train = await read(join(dataFolder, files.train), (path, rows) => {
    if (areClasses) checkLabels(path, rows);
  });
  if (files.validation !== undefined) {
    const held = await read(join(dataFolder, files.validation));
    if (areClasses) requireKnownLabels(files.validation, held.map(labelOf), train.map(labelOf));
    return { train, held };
  }
  // Every twentieth row, not the last twentieth: a file may be sorted by label. No label loses all its rows by this.
  const kept = new Set(train.filter((_, i) => i % 20 !== 0).map(labelOf));
  const isHeld = (row: AnnotatedRow, i: number): boolean => i % 20 === 0 && (!areClasses || kept.has(labelOf(row)));
  return { train: train.filter((row, i) => !isHeld(row, i)), held: train.filter(isHeld) };
}

interface Source {
  readonly files: { readonly train: string; readonly validation: string | undefined };
  read(path: string, check?: (path: string, rows: readonly Row[]) => void): Promise<AnnotatedRow[]>;
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
  if (corpus === undefined)
    throw missing(
      '/corpus',
      `the guide "${guide}" is trained on a corpus with ${learnsFrom.join(', ')}; name its file and column`,
    );
  return columnsOf(guide, corpus, learnsFrom, tokenizer);
}

type Corpus = NonNullable<TrainGuideConfig['corpus']>;

function columnsOf(guide: string, corpus: Corpus, learnsFrom: readonly string[], tokenizer: Tokenizer): Source {
  const { column, where, bio } = corpus;
  const fields = learnsFrom.join(', ');
  if (bio && !learnsFrom.includes('mr'))
    throw missing(
      '/corpus/bio',
      `tags are read as slots and values (mr), and the guide "${guide}" asks for ${fields}; leave it out`,
    );
  const meanings = bio && new BioMeanings(bio);
  const named = Object.fromEntries(learnsFrom.map((name) => [name, corpus.fields[name] ?? name]));
  if (bio) named['mr'] = bio.column;
  const unknown = Object.keys(corpus.fields).filter((name) => !learnsFrom.includes(name));
  if (unknown.length > 0) {
    throw new InputError(
      'config',
      unknown.map((name): Problem => ({ path: `/corpus/fields/${name}`, message: `the guide "${guide}" asks for ${fields}` })),
    );
  }
  const options = { column, field: column, fields: named, where };
  return {
    files: { train: corpus.file, validation: corpus.validation },
    read: async (path, check) => {
      const { rows } = await readCorpus(path, options);
      check?.(path, rows);
      const read = meanings?.meaningsOf(path, rows);
      return rows.map(({ text, fields: values = {} }, i) => ({
        words: tokenizer.tokenize(text),
        sentences: [],
        fields: read ? { ...values, mr: read[i]! } : values,
      }));
    },
  };
}

async function parsedRows(path: string): Promise<AnnotatedRow[]> {
  return (await readParses(path)).map((row) => ({ words: wordsOf(row), sentences: row.sentences, fields: {} }));
}

const missing = (path: string, message: string): InputError => new InputError('config', [{ path, message }]);
