import { type Static, type TSchema, type TUnsafe, Type } from '@sinclair/typebox';
import type { Problem } from '../../base/errors.js';
import type { Via } from '../../guide/contract.js';
import type { Mark } from '../../judges/judge.js';
import type { GuideResult, SampleLine } from '../../run/sample-line.js';
import type * as api from '../api.js';

// Schemas of answers. Each compiles only if it describes the type that the code sends.

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Returns the schema of a type. A schema of another type asks for an argument that nobody can give. */
const schemaOf =
  <T>() =>
  <S extends TSchema>(schema: S, ..._differs: Same<T, Static<S>> extends true ? [] : [never]): TUnsafe<T> =>
    Type.Unsafe<T>(schema);

/** Returns a reference to a schema of the document by its name. */
const ref = <T>(name: string): TUnsafe<T> => Type.Unsafe<T>({ $ref: `#/components/schemas/${name}` });
const list = <S extends TSchema>(items: S, description?: string) =>
  Type.Unsafe<readonly Static<S>[]>(Type.Array(items, description === undefined ? {} : { description }));
const text = (description?: string) => Type.String(description === undefined ? {} : { description });
const count = (description: string) => Type.Integer({ minimum: 0, description });
const probability = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });
const byLabel = <S extends TSchema>(values: S, description: string) => Type.Record(Type.String(), values, { description });
const fields = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true, description });
const event = <const E extends string>(name: E) => Type.Literal(name);
const logProb = Type.Union([Type.Number(), Type.Null()]);
const via = Type.Unsafe<Via>({ type: 'string', enum: ['posterior', 'gradient', 'x0-gradient', 'project', 'particles'] });

const problem = schemaOf<Problem>()(
  Type.Object({
    path: text('JSON path in the request, such as /guidance/0/template; empty for the whole request.'),
    message: text('What was wrong, what was expected, and what to do.'),
  }),
);
const problems = list(ref<Problem>('Problem'));

const topWord = schemaOf<api.TopWord>()(
  Type.Object({
    word: text('A word, or END or PAD.'),
    probability: probability('Under all guides.'),
    unguided: probability('Under the denoiser alone.'),
    added: byLabel(Type.Number(), 'Nats that each posterior clause adds by itself, by label.'),
  }),
);

const stepWord = schemaOf<api.StepWord>()(
  Type.Object({
    word: text(),
    probability: probability('Under all guides.'),
    entropy: Type.Number({ minimum: 0, description: 'Entropy of the position, nats.' }),
    top: list(ref<api.TopWord>('TopWord'), 'The most probable words, the most probable first.'),
  }),
);

const stepText = schemaOf<api.StepText>()(
  Type.Object({
    id: text('Id of the text.'),
    words: list(ref<api.StepWord>('StepWord')),
    guides: byLabel(logProb, 'Log-probability of each clause for the predicted text, nats; null if there is none.'),
    candidate: count('The candidate that it belongs to.'),
  }),
);

const guideResult = schemaOf<GuideResult>()(
  Type.Object({
    logProb: Type.Union([Type.Number(), Type.Null()], { description: 'Of the finished words, nats; null if there is none.' }),
    holds: Type.Optional(Type.Boolean({ description: 'Whether the clause holds, if that is a hard fact.' })),
    lines: Type.Optional(list(Type.String(), 'The text as lines of verse.')),
    inside: Type.Optional(text('Label of the group that it is part of.')),
    weight: Type.Optional(Type.Object({ first: Type.Number(), mean: Type.Number(), last: Type.Number() })),
  }),
);

const sampleLine = schemaOf<SampleLine>()(
  Type.Object({
    id: text('TARGET-SAMPLE, both counted from 0.'),
    target: fields('The fields of its target.'),
    sample: count('Index among the texts of its target.'),
    tokens: list(Type.String(), 'The words.'),
    text: text('The text as a person would type it.'),
    guides: byLabel(ref<GuideResult>('GuideResult'), 'What each guide says of the text, by label.'),
    particles: Type.Optional(Type.Object({ ess: list(Type.Number()), resampled: Type.Integer(), reward: Type.Number() })),
    chosen: Type.Optional(Type.Object({ of: Type.Integer(), score: Type.Number() })),
    edit: Type.Optional(Type.Object({ distance: Type.Number(), share: Type.Number(), kept: Type.Number() })),
    truncated: Type.Optional(Type.Literal(true, { description: 'The text fills the sequence without an END.' })),
    seed: Type.Integer({ description: "Random seed of this text's noise." }),
  }),
);

const chosenCandidate = schemaOf<api.ChosenCandidate>()(
  Type.Object({ candidate: count('Its index.'), of: count('Number of candidates that were sampled.') }),
);

const mark = schemaOf<Mark>()(Type.Object({ start: Type.Integer(), end: Type.Integer(), note: text('Such as `not "pub"`.') }));

const judgedClause = schemaOf<api.JudgedClause>()(
  Type.Object({
    value: probability('How well the text obeys the clause: 1 entirely.'),
    detail: Type.Optional(text('What is wrong.')),
    marks: list(
      ref<Mark>('Mark'),
      'Words `start` to `end` - 1 are wrong; if both are equal, something is missing before `start`.',
    ),
  }),
);

const plannedText = schemaOf<api.PlannedText>()(
  Type.Object({ id: text(), target: fields('The fields of its target.'), sample: count('Index among the texts of its target.') }),
);

const plannedClause = schemaOf<api.PlannedClauseInfo>()(
  Type.Object({
    label: text('Its name in results.'),
    path: text('JSON path in the request.'),
    guide: Type.Optional(text('Name of the guide; absent for a group.')),
    op: Type.Optional(Type.Unsafe<'all' | 'any' | 'not'>({ type: 'string', enum: ['all', 'any', 'not'] })),
    via,
    inside: Type.Optional(text('Label of the group that it is part of.')),
    window: Type.Unsafe<readonly [number, number]>(Type.Tuple([Type.Number(), Type.Number()])),
  }),
);

const plan = {
  texts: list(ref<api.PlannedText>('PlannedText'), 'Every text that will be made.'),
  guides: list(ref<api.PlannedClauseInfo>('PlannedClause'), 'Every clause that has results.'),
  steps: Type.Object({
    first: count('The first step that is run.'),
    last: count('The last step that is run.'),
    of: count('Steps of the sampler.'),
  }),
  positions: count('Most words of a text.'),
  vocabularySize: count('V. An entropy is at most ln V.'),
  decode: text('How the words of a finished text are chosen.'),
  candidates: count('Most candidates, or trajectories, that a text is chosen from.'),
  config: ref<api.GenerateRequest>('GenerateRequest'),
};

const events = {
  PlanEvent: schemaOf<api.PlanEvent>()(Type.Object({ event: event('plan'), ...plan })),
  StepEvent: schemaOf<api.StepEvent>()(
    Type.Object({
      event: event('step'),
      step: count('0 is the noisiest.'),
      time: probability('Noise level as the networks see it.'),
      texts: list(ref<api.StepText>('StepText')),
    }),
  ),
  TextEvent: schemaOf<api.TextEvent>()(
    Type.Object({
      event: event('text'),
      line: ref<SampleLine>('SampleLine'),
      chosen: Type.Optional(ref<api.ChosenCandidate>('ChosenCandidate')),
      judged: byLabel(ref<api.JudgedClause>('JudgedClause'), 'The verdict of the judge of each clause, by label.'),
    }),
  ),
  DoneEvent: schemaOf<api.DoneEvent>()(
    Type.Object({
      event: event('done'),
      texts: count('Number of texts.'),
      ms: count('Milliseconds from the request to here.'),
      waitedMs: count('Milliseconds from the request to its first step.'),
    }),
  ),
  ProblemsEvent: schemaOf<api.ProblemsEvent>()(Type.Object({ event: event('problems'), problems })),
  ErrorEvent: schemaOf<api.ErrorEvent>()(Type.Object({ event: event('error'), message: text('What failed, and what to do.') })),
};

const placeInfo = schemaOf<api.PlaceInfo>()(
  Type.Object({
    via,
    obstacle: Type.Optional(text('Why the model has no such guide.')),
    classes: list(Type.String(), 'The classes that the guide was trained to tell apart with this model.'),
  }),
);

const guideInfo = schemaOf<api.GuideInfo>()(
  Type.Object({
    name: text(),
    summary: text('One sentence.'),
    places: list(ref<api.PlaceInfo>('PlaceInfo'), 'Where it can act; the first is the default.'),
    options: fields('JSON schema of its options.'),
    example: Type.Unknown({ description: 'Options that work.' }),
  }),
);

const modelSummary = schemaOf<api.ModelSummary>()(
  Type.Object({
    model: text('What a config calls it, such as models/e2e.'),
    hash: text('SHA-256 of its weights.'),
    maxTokens: count('Sequence length in tokens, START and END included.'),
    vocabularySize: count('V.'),
    recipe: text(),
    wordLevel: Type.Boolean({ description: 'Whether a token is a word.' }),
    decoder: Type.Boolean({ description: 'Whether it has a language model for joint decoding.' }),
  }),
);

/** The schemas of everything that the server answers, by the names that the OpenAPI document gives them. */
export const answerSchemas = {
  ...events,
  Problem: problem,
  TopWord: topWord,
  StepWord: stepWord,
  StepText: stepText,
  ChosenCandidate: chosenCandidate,
  GuideResult: guideResult,
  SampleLine: sampleLine,
  Mark: mark,
  JudgedClause: judgedClause,
  PlannedText: plannedText,
  PlannedClause: plannedClause,
  PlaceInfo: placeInfo,
  GuideInfo: guideInfo,
  ModelSummary: modelSummary,
  GenerateEvent: Type.Unsafe<api.GenerateEvent>({
    oneOf: Object.keys(events).map(ref),
    discriminator: { propertyName: 'event' },
  }),
  CheckAnswer: schemaOf<api.CheckAnswer>()(Type.Object({ problems, plan: Type.Optional(Type.Object(plan)) })),
  GuidesAnswer: schemaOf<api.GuidesAnswer>()(Type.Object({ guides: list(ref<api.GuideInfo>('GuideInfo')) })),
  ModelsAnswer: schemaOf<api.ModelsAnswer>()(Type.Object({ models: list(ref<api.ModelSummary>('ModelSummary')) })),
  VocabularyAnswer: schemaOf<api.VocabularyAnswer>()(
    Type.Object({ model: text(), words: list(Type.String(), 'The words that a text may contain.') }),
  ),
  AnalyseAnswer: schemaOf<api.AnalyseAnswer>()(
    Type.Object({
      words: list(Type.String()),
      length: count('Number of words, for `length`.'),
      tags: list(Type.String(), 'One Universal tag per word, for `pos`.'),
      tree: list(Type.String(), 'One Penn bracketing per sentence, for `tree`.'),
      spans: list(
        Type.Unsafe<readonly [number, number, string]>(Type.Tuple([Type.Integer(), Type.Integer(), Type.String()])),
        'Constituents [first word, last word, label], for `spans`.',
      ),
      unknown: list(Type.String(), 'Words that the model does not know.'),
    }),
  ),
  StatusAnswer: schemaOf<api.StatusAnswer>()(
    Type.Object({
      version: text(),
      waiting: count('Requests that wait for their first step.'),
      running: count('Requests whose texts are being made.'),
      limits: Type.Object({ bodyBytes: count('Largest body.'), texts: count('Most texts of a request.') }),
    }),
  ),
  ErrorAnswer: schemaOf<api.ErrorAnswer>()(
    Type.Object({ message: text('What was wrong, and what to do.'), problems: Type.Optional(problems) }),
  ),
} satisfies Record<string, TSchema>;
