/** How well one text meets its target. */
export interface Score {
  /** 0 (not at all) to 1 (entirely). */
  readonly value: number;
  /** What is wrong, for a person; absent where nothing is. */
  readonly detail?: string;
  /** The same by other definitions, 0 to 1, under the name of each. A judge gives all texts the same names. */
  readonly also?: Readonly<Record<string, number | Share>>;
  /** What is wrong, at its place in the text. */
  readonly marks?: readonly Mark[];
}

/** Words `start` to `end` - 1 of a text are wrong; where `start` is `end`, something is missing before the word `start`. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** For a person: `NOUN, not VERB`, `no NP`, `lacks "river"`. */
  readonly note: string;
}

/** `part` of `whole`: over several texts the parts and the wholes are added up before they are divided. */
export interface Share {
  readonly part: number;
  readonly whole: number;
}

/**
 * Says how well texts obey a control, by means of its own: a judge shares neither model nor code with the guide it judges.
 * `name` is the name of that guide, and a target holds the options that the guide had for the text, as resolved from the target's
 * fields: `{ tags: [...] }` for `pos`, `{ length: 20 }` for `length`.
 */
export interface Judge {
  readonly name: string;
  /** What the verdict stands on, for a report: `wink-nlp`, `Stanford CoreNLP`. Absent where the words of the text alone decide. */
  readonly by?: string;
  /**
   * @param texts the words between START and END, punctuation included
   * @param targets one a text
   * @returns one score a text
   * @throws InputError naming every target that cannot be judged, as `/2/tags` for the third
   * @throws JudgeUnavailable where what the judge stands on is missing or has died
   */
  score(texts: readonly (readonly string[])[], targets: readonly unknown[]): Promise<Score[]>;
}
