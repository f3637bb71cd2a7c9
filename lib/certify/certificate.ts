import { type Static, Type } from '@sinclair/typebox';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, inputError } from '../base/errors.js';
import { check, readJson } from '../config/index.js';
import { wilson } from '../metrics/wilson.js';
import { hashOf } from '../model/checkpoint/checkpoint.js';
import type { Manifest } from '../run/manifest.js';
import type { Source } from './candidates.js';
import type { CertifyPlan } from './plan.js';
import type { RefusedWords } from './refused-words.js';
import type { AllRounds, RoundBatch } from './rounds.js';
import { type AcceptedText, type ConditionCounts, COPY } from './selection.js';

export const CERTIFICATE_FILE = 'certificate.json';
export const ACCEPTED_FILE = 'accepted.jsonl';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const hash = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description: `SHA-256 of ${description}.` });

const rate = Type.Object(
  {
    tried: count('Candidates.'),
    accepted: count('Candidates that the judge accepts.'),
    rate: Type.Union([share('Share of them.'), Type.Null()]),
    low: share('Lower end of the 95 % score interval (Wilson 1927), which takes candidates as independent.'),
    high: share('Upper end.'),
  },
  { description: 'Null without candidates.' },
);

const rates = {
  first: rate,
  all: rate,
};

const judge = Type.Object({
  by: Type.String({ description: 'What decides: a tagger, a parser, a language model, or the words of the text.' }),
  version: Type.String({ description: 'Version of its package.' }),
  hash: Type.Optional(hash('its weights')),
  measured: Type.Optional(
    Type.Object(
      { figure: Type.String(), value: Type.Number(), on: Type.String() },
      { description: 'How often it is right itself.' },
    ),
  ),
});

/** Schema of certificate.json. */
export const certificateSchema = Type.Object(
  {
    format: Type.Literal('diffusteer-certificate'),
    version: Type.Literal(1),
    made: Type.Object(
      {
        diffusteer: Type.String(),
        device: Type.String(),
        threads: Type.Integer(),
        precision: Type.String(),
        seed: Type.Integer({ description: 'Seed of the run. That of each round and batch follows from it.' }),
      },
      { description: 'By what the candidates were made.' },
    ),
    hashes: Type.Object({
      config: hash('the config without its output folder'),
      targets: hash('the targets'),
      model: hash('the weights of the model'),
      decoder: Type.Optional(hash('the language model that decodes')),
      guides: Type.Record(Type.String(), hash('what was trained for the guide')),
      plugins: Type.Optional(Type.Record(Type.String(), hash('the file of the guide'))),
      screen: Type.Optional(Type.Record(Type.String(), hash('the judge that chose among attempts'))),
      search: Type.Optional(hash('the language model whose search found attempts')),
      accepted: hash('accepted.jsonl'),
    }),
    texts: Type.Object({
      wanted: count('Texts that were asked for.'),
      accepted: count('Texts in accepted.jsonl.'),
      candidates: count('Candidates in all.'),
      spare: count('Candidates that passed after their target had its texts.'),
      rounds: count('Rounds of generation.'),
    }),
    targets: Type.Object({
      given: count('Targets.'),
      served: count('Targets with all their texts.'),
      tries: count('Most candidates that a target could have.'),
      notServed: Type.Array(Type.Integer(), {
        description: 'Positions of the others, from 0; targets.jsonl says what they had.',
      }),
    }),
    controls: Type.Array(
      Type.Object({
        name: Type.String({ description: 'The condition: its judge, and the definition of its score.' }),
        bound: Type.String({ description: 'The bound of the score.' }),
        judge,
        ...rates,
      }),
      {
        description: 'Each condition by itself: over the first round, of which each target has as many candidates, and over all.',
      },
    ),
    together: Type.Object(rates, { description: 'All conditions together.' }),
    copies: Type.Object({
      ngram: count('Words per n-gram.'),
      overlap: share('Largest overlap that was allowed.'),
      largest: share('Largest overlap of an accepted text with one that was accepted before it.'),
      refused: count('Candidates that were refused as near copies.'),
    }),
    notJudged: Type.Array(Type.String(), { description: 'Guides that steered, of which the certificate says nothing.' }),
    avoided: Type.Optional(
      Type.Object(
        {
          judges: Type.Array(Type.String(), { description: 'Conditions whose refusals taught.' }),
          targets: count('Targets that had words to avoid in the end.'),
          words: count('Words to avoid in the end, summed over the positions of all targets.'),
        },
        {
          description:
            'Refusals taught: later candidates avoided the words that judges had marked in refused ones. The rates over all candidates are those of texts made so; those of the first round are not.',
        },
      ),
    ),
    improved: Type.Optional(
      Type.Object(
        {
          candidates: count('Candidates that started from a refused one.'),
          accepted: count('Accepted texts among them.'),
        },
        {
          description:
            'Refused candidates were improved: later ones started from the best of their target and changed words around one that a judge had marked. So the judges have steered. The rates of the first round are of texts made without.',
        },
      ),
    ),
    searched: Type.Optional(
      Type.Object(
        {
          candidates: count('Candidates that a beam search found.'),
          accepted: count('Accepted texts among them.'),
        },
        { description: 'Attempts for hard targets were found by beam search with a language model, without reverse steps.' },
      ),
    ),
    batches: Type.Array(
      Type.Object({
        folder: Type.String({ description: 'Inside the folder of the rounds.' }),
        seed: Type.Integer(),
        targets: count('Targets.'),
        texts: count('Candidates per target.'),
        weights: Type.Record(Type.String(), Type.Number(), { description: 'Factors of the weights of guides.' }),
        improves: Type.Optional(Type.Literal(true, { description: 'The candidates started from refused ones.' })),
        searches: Type.Optional(Type.Literal(true, { description: 'A beam search found the attempts.' })),
        attempts: Type.Optional(Type.Integer({ minimum: 2, description: 'Attempts that each candidate was chosen from.' })),
        samples: hash('its samples.jsonl'),
      }),
      { description: 'The runs that made the candidates.' },
    ),
  },
  { title: 'diffusteer certificate' },
);

export type Certificate = Static<typeof certificateSchema>;
type Rate = Static<typeof rate>;

/** Returns the certificate of a run. @param manifest of its first batch */
export async function certificateOf(
  { config, targets, conditions, judges, hashes, notJudged }: CertifyPlan,
  { acceptance, batches, rounds, refused }: AllRounds,
  { version, device, threads, precision }: Pick<Manifest, 'version' | 'device' | 'threads' | 'precision'>,
): Promise<Certificate> {
  const { tallies, accepted } = acceptance;
  const sum = (of: (tally: (typeof tallies)[number]) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
  const notServed = tallies.filter((tally) => tally.accepted < config.perTarget).map(({ target }) => target);
  return {
    ...{ format: 'diffusteer-certificate', version: 1 },
    made: { diffusteer: version, device, threads, precision, seed: config.seed },
    hashes: { ...hashes, accepted: await hashOf(join(config.output, ACCEPTED_FILE)) },
    texts: {
      ...{ wanted: targets.length * config.perTarget, accepted: accepted.length, rounds },
      ...{ candidates: sum(({ tried }) => tried), spare: sum(({ spare }) => spare) },
    },
    targets: {
      ...{ given: targets.length, served: targets.length - notServed.length },
      ...{ tries: config.tries * config.perTarget, notServed },
    },
    controls: conditions.map(({ name, judge: by, kind, bound }) => ({
      name,
      bound: kind === 'control' ? `at least ${bound}` : `at most ${bound} nats per token`,
      judge: judges[by]!,
      ...ratesOf(acceptance.counts.get(name)!),
    })),
    together: ratesOf(acceptance.together),
    copies: {
      ...config.distinct,
      largest: Math.max(0, ...accepted.map(({ nearest }) => nearest?.overlap ?? 0)),
      refused: sum(({ failed }) => failed[COPY] ?? 0),
    },
    notJudged: [...notJudged],
    ...(refused && { avoided: avoidedBy(refused, conditions, targets.length) }),
    ...(config.improve && { improved: countsFrom('refused', batches, accepted) }),
    ...(config.search && { searched: countsFrom('search', batches, accepted) }),
    batches: await Promise.all(batches.map(batchRecord)),
  };
}

/** Counts the candidates, and the accepted texts, that came from a source. */
function countsFrom(
  wanted: Source,
  batches: readonly RoundBatch[],
  accepted: readonly AcceptedText[],
): { candidates: number; accepted: number } {
  const made = batches.filter(({ source }) => source === wanted);
  const folders = new Set(made.map(({ name }) => name));
  return {
    candidates: made.reduce((sum, { targets, texts }) => sum + targets.length * texts, 0),
    accepted: accepted.filter(({ from }) => folders.has(from.folder)).length,
  };
}

function avoidedBy(
  refused: RefusedWords,
  conditions: CertifyPlan['conditions'],
  targets: number,
): NonNullable<Certificate['avoided']> {
  const words = Array.from({ length: targets }, (_, target) => refused.at(target).flat().length);
  return {
    judges: conditions.flatMap(({ name, kind }) => (kind === 'control' ? [name] : [])),
    targets: words.filter((some) => some > 0).length,
    words: words.reduce((a, b) => a + b, 0),
  };
}

const batchRecord = async ({
  name,
  folder,
  config,
  targets,
  texts,
  weights,
  source,
  attempts,
}: RoundBatch): Promise<Certificate['batches'][0]> => ({
  ...{ folder: name, seed: config.seed, targets: targets.length, texts, weights },
  ...(source === 'refused' && { improves: true }),
  ...(source === 'search' && { searches: true }),
  ...(attempts > 1 && { attempts }),
  samples: await hashOf(join(folder, 'samples.jsonl')),
});

const ratesOf = ({ first, all }: ConditionCounts): Record<'first' | 'all', Rate> => ({ first: rateOf(first), all: rateOf(all) });

function rateOf({ tried, passed }: ConditionCounts['all']): Rate {
  const { rate, low, high } = wilson(passed, tried);
  return { tried, accepted: passed, rate: tried === 0 ? null : rate, low, high };
}

/** Reads the certificate of a run. @throws InputError if there is none, or it is damaged, with every problem */
export async function readCertificate(folder: string): Promise<Certificate> {
  const path = join(folder, CERTIFICATE_FILE);
  const isThere = (await readFile(path).catch(() => undefined)) !== undefined;
  if (!isThere)
    throw inputError(folder, `holds no ${CERTIFICATE_FILE}; expected the output folder of a finished \`diffusteer certify\``);
  const { value, problems } = check(certificateSchema, await readJson(path));
  if (problems.length > 0) throw new InputError(path, problems);
  return value;
}
