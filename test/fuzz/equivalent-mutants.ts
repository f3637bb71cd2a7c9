/** A mutation that changes no result, so that no test can notice it. */
export interface EquivalentMutant {
  readonly file: string;
  /** The line of the source, without its indentation. */
  readonly code: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

/** Mutations that were looked at one by one; `npm run mutants` neither tries nor counts them. */
export const EQUIVALENT: readonly EquivalentMutant[] = [
  {
    ...{ file: 'lib/automaton/marginals.ts', before: '<', after: '<=' },
    code: 'for (let g = 0; g < classes.length; g++) {',
    why: 'the turn after the last class compares with an end that is undefined, so its loop does not run and nothing is written',
  },
  {
    ...{ file: 'lib/diffusion/reverse-steps.ts', before: '/', after: '*' },
    code: 'const logRatio = (alphaBar: number): number => Math.log(alphaBar / (1 - alphaBar)) / 2;',
    why: 'only the ratio of two differences of this is used, in which a common factor cancels',
  },
  {
    ...{ file: 'lib/decode/beam-search.ts', before: '<', after: '<=' },
    code: 'open = position + 1 < positions ? shareBeams(hopeful, width, ({ state }) => distances[state]!) : [];',
    why: 'at the last position every accepted sequence has END or PAD, so no beam is hopeful',
  },
  {
    ...{ file: 'lib/decode/beam-search.ts', before: '<', after: '<=' },
    code: 'for (let v = 0; v < scores.length; v++) scores[v] = weight * Math.max(logProbs[v]!, LEAST);',
    why: 'writing behind the end of a typed array has no effect',
  },
  {
    ...{ file: 'lib/decode/beam-search.ts', before: 'list.pop();', after: ';' },
    code: 'if (list.length > count) list.pop();',
    why: 'the beams beyond the width of a state rank behind `width` others of the same distance, which are kept instead; it saves work',
  },
  {
    ...{ file: 'lib/decode/next-words.ts', before: '1', after: '2' },
    code: 'const follows = own.map((id, v) => (never.has(v) ? -1 : id < 0 && unknown ? theirs.unk : id));',
    why: 'only the sign is used',
  },
  {
    ...{ file: 'lib/decode/next-words.ts', before: '>', after: '>=' },
    code: 'for (const value of logProbs) if (value > largest) largest = value;',
    why: 'the maximum is the same',
  },
  {
    ...{ file: 'lib/decode/argmax.ts', before: '0', after: '1' },
    code: 'let before = 0; // log-probability of the words before i',
    why: 'all scores that are compared grow by the same',
  },
  {
    ...{ file: 'lib/sampler/step-runner.ts', before: '&&', after: '||' },
    code: 'const wantsRaw = !this.#onHost && logits;',
    why: 'fetches logits that nobody asked for, which are dropped; it saves work',
  },
  {
    ...{ file: 'lib/base/files.ts', before: 'true', after: 'false' },
    code: 'await rm(temporary, { force: true }).catch(() => undefined); // report the first error',
    why: 'an error about a missing file is dropped either way',
  },
];
