import type { Problem } from '../base/errors.js';
import type { Clause } from '../config/schema/clause.js';
import type { Via } from '../guide/contract.js';
import type { Mark } from '../judges/judge.js';
import type { SampleLine } from '../run/sample-line.js';
import type { PredictedText as PredictedRow, PredictedWord, ProbableWord } from '../shard/predictions.js';

// The HTTP interface of `diffusteer serve` and `diffusteer studio`. These are types only, so that a browser can import them.

/**
 * The body of POST /v1/generate and POST /v1/check: a config of `diffusteer generate`. `output` may be missing and is ignored, since the
 * server writes no files. Paths may only name files in the working folder of the server or in the package.
 */
export interface GenerateRequest {
  /** Folder of the checkpoint: a `model` of GET /v1/models. */
  readonly model: string;
  readonly guidance?: readonly Clause[];
  /** Inline list, or a JSON Lines file of the server. */
  readonly targets?: readonly unknown[] | string;
  readonly samplesPerTarget?: number;
  readonly seed?: number;
  /** The run continues a text of another run. */
  readonly branch?: Branch;
  /** Any other key of GET /v1/schema. */
  readonly [key: string]: unknown;
}

/**
 * A run that departs from another one in the middle, as a config of `generate` states it. It makes one text: the one with the same id as the
 * text it departs from, which keeps its noise. Up to and including `step` the text is that of `of`; from the next step on, the rest of the
 * request acts. So a branch that fixes a word has the clauses of `of` and `{ "guide": "words", "at": [{ "position": 3, "word": "pub" }] }`,
 * one that forbids it has `{ "not": { "guide": "words", "at": [...] } }`, and one that changes a weight has the same clauses with another
 * weight. The request must agree with `of` in `model`, `device`, `precision` and the noise levels of `sampler`.
 *
 * The server keeps nothing that a branch needs: `of` identifies the text by its seed. It may still remember the latents of recent runs.
 */
export interface Branch {
  /** The request that made the text, which may be a branch itself. */
  readonly of: GenerateRequest;
  /** Id of the text, such as `0-0`. */
  readonly text: string;
  /** The last reverse step that the two runs share, as in `StepEvent.step`. At least one step must be left. */
  readonly step: number;
  /** The candidate whose latents are continued, as in `ChosenCandidate.candidate`. Default: 0. */
  readonly candidate?: number;
}

/** Query parameters of POST /v1/generate. */
export interface GenerateOptions {
  /** Report every n-th reverse step, and the last one; 0 reports none. Default: 1. */
  readonly every?: number;
  /** Number of most probable words per position, from 0 to 20. Default: 5. */
  readonly top?: number;
}

/**
 * One event of the answer of POST /v1/generate: a server-sent event whose name is `event` and whose data is the whole object, if the
 * request accepts `text/event-stream`; otherwise a line of JSON (`application/x-ndjson`).
 *
 * A valid request gets `plan` first, then `step` and `text` events, and `done` or `error` last. A request that cannot be run gets only
 * `problems`, with the HTTP status 422.
 */
export type GenerateEvent = PlanEvent | StepEvent | TextEvent | DoneEvent | ProblemsEvent | ErrorEvent;

/** The first event: everything that is known before the first step. */
export interface PlanEvent {
  readonly event: 'plan';
  /** Every text that will be made, in the order of the config. */
  readonly texts: readonly PlannedText[];
  /** Every clause that has results, with its members: the labels of `StepText.guides` and `TextEvent.line.guides`. */
  readonly guides: readonly PlannedClauseInfo[];
  readonly steps: StepRange;
  /** Most words of a text: word positions are 0 to `positions` - 1. */
  readonly positions: number;
  /** Size of the vocabulary, V. An entropy is at most ln V. */
  readonly vocabularySize: number;
  /** How the words of a finished text are chosen: `argmax`, `mbr` or `joint`, which may change words after the last step. */
  readonly decode: string;
  /** Most candidates, or trajectories, that a text is chosen from; fewer are sampled with `decode.enough`. */
  readonly candidates: number;
  /**
   * The request with every default filled in, as it is run. `diffusteer generate` with this config, and an `output`, makes the same texts
   * byte for byte; so does posting it again.
   */
  readonly config: GenerateRequest;
}

/** A text that will be made. */
export interface PlannedText {
  /** `TARGET-SAMPLE`, both counted from 0. */
  readonly id: string;
  /** The fields of its target. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly sample: number;
}

/** A clause of a run: a guide, or a group of clauses. */
export interface PlannedClauseInfo {
  /** Its name in results: `infill`, `infill#2`, `any`. */
  readonly label: string;
  /** JSON path in the request, such as `/guidance/0/any/1`. */
  readonly path: string;
  /** Name of the guide; undefined for a group. */
  readonly guide?: string;
  readonly op?: 'all' | 'any' | 'not';
  readonly via: Via;
  /** Label of the group that it is part of. */
  readonly inside?: string;
  /** Shares of the reverse steps between which it acts, from 0 (noise) to 1 (text). */
  readonly window: readonly [number, number];
}

/** The reverse steps that a run takes: `first` to `last`, of `of`. */
export interface StepRange {
  /** 0, or a later step if the run edits texts or is a branch. */
  readonly first: number;
  /** The last step that is run. Joint decoding ends before the last step of the sampler. */
  readonly last: number;
  /** Steps of the sampler (`sampler.steps`). */
  readonly of: number;
}

/** Predicted texts after a reverse step. Texts of one request may be at different steps at the same time. */
export interface StepEvent {
  readonly event: 'step';
  /** 0 is the noisiest. */
  readonly step: number;
  /** Noise level as the networks see it: near 1 is noise, near 0 is text. */
  readonly time: number;
  readonly texts: readonly StepText[];
}

/** A predicted text. */
export interface StepText extends PredictedRow {
  /**
   * The candidate that it belongs to, from 0. While candidates are sampled, the steps are those of the first. If another one is chosen and its
   * steps can be made again, they follow before the text.
   */
  readonly candidate: number;
}

export type { PredictedWord as StepWord, ProbableWord as TopWord };

/** A finished text. */
export interface TextEvent {
  readonly event: 'text';
  /** The line that `diffusteer generate` would write to samples.jsonl, with the result of each guide. */
  readonly line: SampleLine;
  /** The candidate that became the text, if several were sampled. */
  readonly chosen?: ChosenCandidate;
  /** The verdict of the judge of each clause at the top of `guidance`, by label. Clauses without a judge are left out. */
  readonly judged: Readonly<Record<string, JudgedClause>>;
}

/** The candidate that became a text. */
export interface ChosenCandidate {
  /** Its index, from 0. */
  readonly candidate: number;
  /** Number of candidates that were sampled. */
  readonly of: number;
}

/** How well a text obeys a clause, by a judge that shares no model with the guide. */
export interface JudgedClause {
  /** From 0 (not at all) to 1 (entirely). */
  readonly value: number;
  /** What is wrong; absent if nothing is. */
  readonly detail?: string;
  /** The words that are wrong, as in reports: words `start` to `end` - 1; if both are equal, something is missing before word `start`. */
  readonly marks: readonly Mark[];
}

/** The last event of a request whose texts are all made. */
export interface DoneEvent {
  readonly event: 'done';
  /** Number of texts. */
  readonly texts: number;
  /** Milliseconds from the request to here, and of these until its first step began. */
  readonly ms: number;
  readonly waitedMs: number;
}

/** Everything that is wrong with a request. */
export interface ProblemsEvent {
  readonly event: 'problems';
  readonly problems: readonly Problem[];
}

/** The last event of a request that failed after its plan. Texts sent before it are valid. */
export interface ErrorEvent {
  readonly event: 'error';
  /** What failed, and what to do. */
  readonly message: string;
}

/** The answer of POST /v1/check, for a valid request and for one with problems. */
export interface CheckAnswer {
  /** Every problem, with its JSON path in the request, such as `/guidance/0/template`; '' for the whole request. */
  readonly problems: readonly Problem[];
  /** The plan that POST /v1/generate would report; absent if there are problems. */
  readonly plan?: Omit<PlanEvent, 'event'>;
}

/** The answer of GET /v1/guides, optionally `?model=PATH`. */
export interface GuidesAnswer {
  readonly guides: readonly GuideInfo[];
}

/** A guide that a config may name. */
export interface GuideInfo {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** Where it can act; the first is the default. */
  readonly places: readonly PlaceInfo[];
  /** JSON schema of its options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that work. */
  readonly example: unknown;
}

/** A `via` of a guide. */
export interface PlaceInfo {
  readonly via: Via;
  /** Why the model has no such guide, usually since it was not trained; absent if it works, or if no model was given. */
  readonly obstacle?: string;
  /** The classes that the guide was trained to tell apart with this model, such as attribute values; empty if it has none. */
  readonly classes: readonly string[];
}

/** The answer of GET /v1/models: the checkpoints in `models/` of the working folder and of the package. */
export interface ModelsAnswer {
  readonly models: readonly ModelSummary[];
}

/** A checkpoint. */
export interface ModelSummary {
  /** What a config calls it: `models/e2e`. */
  readonly model: string;
  /** SHA-256 of its weights. */
  readonly hash: string;
  /** Sequence length in tokens, START and END included. */
  readonly maxTokens: number;
  readonly vocabularySize: number;
  readonly recipe: string;
  /** Whether a token is a word, which guides about words need. */
  readonly wordLevel: boolean;
  /** Whether it has a language model for joint decoding. */
  readonly decoder: boolean;
}

/** The answer of GET /v1/vocabulary?model=PATH. */
export interface VocabularyAnswer {
  readonly model: string;
  /** The words that a text may contain, without special tokens. */
  readonly words: readonly string[];
}

/** The body of POST /v1/analyse. */
export interface AnalyseRequest {
  /** One or more sentences, at most 2,000 characters. */
  readonly text: string;
  /** Splits the text into words as this model does, and says which words it does not know. */
  readonly model?: string;
}

/** The answer of POST /v1/analyse: what a text is like, as options of guides. */
export interface AnalyseAnswer {
  readonly words: readonly string[];
  /** Number of words, for `length`. */
  readonly length: number;
  /** One Universal tag per word by wink-nlp, for `pos`. */
  readonly tags: readonly string[];
  /** One Penn bracketing per sentence by the embedded parser, for `tree`; its tags are Penn tags. */
  readonly tree: readonly string[];
  /** Constituents [first word, last word, label] by the embedded parser, the outer ones first, for `spans`. */
  readonly spans: readonly (readonly [number, number, string])[];
  /** Words that the model does not know; empty if no model was given. */
  readonly unknown: readonly string[];
}

/** The answer of GET /v1/status. */
export interface StatusAnswer {
  readonly version: string;
  /** Requests that wait for their first step, and requests whose texts are being made. */
  readonly waiting: number;
  readonly running: number;
  /** Largest body, in bytes, and most texts of a request. */
  readonly limits: { readonly bodyBytes: number; readonly texts: number };
}

/** The body of every answer with an HTTP status of 400 or more, except for the problems of POST /v1/generate. */
export interface ErrorAnswer {
  /** What was wrong, and what to do. */
  readonly message: string;
  /** JSON paths, if parts of the body are to blame. */
  readonly problems?: readonly Problem[];
}
