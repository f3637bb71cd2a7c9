import type { GuideFactory, Via } from '../guide/contract.js';
import { claim } from './claims.js';
import { encodesEmptyBatch, encodesRowsAlone } from './encoding.js';
import { hasSummary, refusesNonsense, takesExamples } from './form.js';
import { hasGradient, isLogProb, keepsRowsApart, servesEveryBatch } from './gradient.js';
import { keepsTextsApart, rewardsTexts } from './particles.js';
import { givesFactors, leavesText, rewardHasGradient } from './posterior.js';
import { keepsProjectedRowsApart, projectsOnce } from './project.js';
import { type ContractOptions, type Subject, subjectOf } from './subject.js';
import { repeatsTexts } from './texts.js';

export type { ContractOptions } from './subject.js';

/** A claim of the contract, for any test runner: `for (const { name, run } of guideContract(guide)) test(name, run)`. */
export interface ContractCheck {
  readonly name: string;
  /** Errors: an Error that says, with numbers, how the claim fails. */
  run(): Promise<void>;
}

type Claim = <O>(subject: Subject<O>, via: Via) => Promise<void>;

const ENCODING: Readonly<Record<string, Claim>> = {
  'inputs have a row each, null pads, and a row is encoded by itself': encodesRowsAlone,
  'an empty batch has inputs without rows': encodesEmptyBatch,
};

const GRADIENT: Readonly<Record<string, Claim>> = {
  ...ENCODING,
  'log p is a finite number a row, at most 0, at every noise level': isLogProb,
  'rows do not leak into each other': keepsRowsApart,
  'the gradient is that of differences, and a small step along it raises log p': hasGradient,
  'a graph recorded for one batch serves another': servesEveryBatch,
};

/** What a guide owes the library at each place. */
const CLAIMS: Readonly<Record<Via, Readonly<Record<string, Claim>>>> = {
  posterior: {
    'factors are [L, V], nats at most 0 or forbidden, an automaton is over the vocabulary, the same each time': givesFactors,
    'factors leave START first, a token at every place, and a text that the automaton accepts': leavesText,
    'the gradient of a reward is that of differences, and a small step along it raises the reward': rewardHasGradient,
  },
  gradient: GRADIENT,
  'x0-gradient': GRADIENT,
  project: {
    ...ENCODING,
    'writes the same values twice as once, and nothing for null': projectsOnce,
    'rows do not leak into each other': keepsProjectedRowsApart,
  },
  particles: {
    'a reward is a number a text, the same each time': rewardsTexts,
    'texts do not leak into each other': keepsTextsApart,
  },
};

/**
 * What every guide owes the library, whatever it controls: the suite that the built-in guides pass. It runs on a tiny model of random
 * numbers, made in memory, or on a model of yours.
 */
export function guideContract<O>(factory: GuideFactory<O>, options: ContractOptions<O> = {}): readonly ContractCheck[] {
  let made: Promise<Subject<O>> | undefined;
  const named = (name: string, run: (subject: Subject<O>) => void | Promise<void>): ContractCheck => ({
    name,
    run: async () => run(await (made ??= subjectOf(factory, options))),
  });
  return [
    named('refuses nonsense by its schema, and a key that it does not know', (of) => refusesNonsense(of, options.refused ?? [])),
    named('says in a sentence what it does', hasSummary),
    ...factory.places.flatMap((via) => [
      named(`${via}: takes its own examples`, (of) => takesExamples(of, via)),
      named(`${via}: acts there where it is asked to`, async (of) => {
        const { guide } = await of.make(via);
        claim(guide.via === via, () => `expected a guide with via: '${via}', got '${guide.via}'`);
      }),
      ...Object.entries(CLAIMS[via]).map(([name, run]) => named(`${via}: ${name}`, (of) => run(of, via))),
      named(`${via}: the same seed gives the same text`, (of) => repeatsTexts(of, via)),
    ]),
  ];
}
