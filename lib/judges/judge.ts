import { DiffusteerError } from '../base/errors.js';

/** How well one text meets its target. */
export interface Score {
  /** 0 (not at all) to 1 (entirely). */
  readonly value: number;
  /** A readable account of what is wrong; absent if nothing is. */
  readonly detail?: string;
  /** Scores by other definitions, 0 to 1, by the name of the definition. A judge gives all texts the same names. */
  readonly also?: Readonly<Record<string, number | Share>>;
  /** The words that are wrong. */
  readonly marks?: readonly Mark[];
}

/** Words `start` to `end` - 1 of a text are wrong; if `start` equals `end`, something is missing before word `start`. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** For a reader: `NOUN, not VERB`, `no NP`, `lacks "river"`. */
  readonly note: string;
}

/** `part` of `whole`: over several texts the parts and the wholes are summed before they are divided. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/**
 * Measures how well texts obey a control. A judge has the name of the guide that it judges, and a target holds that guide's options for the
 * text, resolved from the target's fields: `{ tags: [...] }` for `pos`, `{ length: 20 }` for `length`.
 *
 * Judge and guide may share the reader of an option's syntax (`lib/text`), but no judgement: a judge never asks the guide's models, counts or
 * automata whether a text obeys, so that a fault in the guide cannot hide itself.
 */
export interface Judge {
  readonly name: string;
  /** The model behind the verdict, for reports: `wink-nlp`, `Stanford CoreNLP`. Absent if the words of the text alone decide. */
  readonly by?: string;
  /**
   * @param texts the words between START and END of each text, punctuation included
   * @param targets one per text
   * @returns one score per text
   * @throws InputError naming every target that cannot be judged, as `/2/tags` for the third
   * @throws JudgeUnavailable if the model behind the verdict is missing or has died
   */
  score(texts: readonly (readonly string[])[], targets: readonly unknown[]): Promise<Score[]>;
  /**
   * Returns the name of what the judge expects at each word position of a target. A word that it refuses at a position is likely to be refused
   * at every other one of that name. Absent if what it expects of a word has no such name.
   */
  slots?(target: Readonly<Record<string, unknown>>): readonly string[];
}

/** Signals that a judge cannot work here and now, because its model is missing or has died. The scores of other judges stand. */
export class JudgeUnavailable extends DiffusteerError {
  override name = 'JudgeUnavailable';
}
