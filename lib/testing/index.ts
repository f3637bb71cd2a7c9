/** The contract suite for guides. Takes a guide; gives claims that hold or fail; knows nothing of config files. */
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
  /** @throws Error saying, with numbers, how the claim fails */
  run(): Promise<void>;
}

type Claim = <O>(subject: Subject<O>, via: Via) => Promise<void>;

const ENCODING: Readonly<Record<string, Claim>> = {
  'inputs have one row per options, null pads, and a row is encoded by itself': encodesRowsAlone,
  'an empty batch has inputs without rows': encodesEmptyBatch,
};

const GRADIENT: Readonly<Record<string, Claim>> = {
  ...ENCODING,
  'log p is one finite number per row, at most 0, at every noise level': isLogProb,
  'rows do not leak into each other': keepsRowsApart,
  'the gradient agrees with finite differences, and a small step along it raises log p': hasGradient,
  'a graph recorded for one batch serves another': servesEveryBatch,
};

/** The claims for each `via`. */
const CLAIMS: Readonly<Record<Via, Readonly<Record<string, Claim>>>> = {
  posterior: {
    'factors are [L, V], nats of at most 0 or -Infinity, an automaton is over the vocabulary, and both are deterministic':
      givesFactors,
    'factors allow START first, a token at every position, and a text that the automaton accepts': leavesText,
    'the gradient of a reward agrees with finite differences, and a small step along it raises the reward': rewardHasGradient,
  },
  gradient: GRADIENT,
  'x0-gradient': GRADIENT,
  project: {
    ...ENCODING,
    'writing twice is the same as writing once, and null writes nothing': projectsOnce,
    'rows do not leak into each other': keepsProjectedRowsApart,
  },
  particles: {
    'a reward is one number per text, and deterministic': rewardsTexts,
    'texts do not leak into each other': keepsTextsApart,
  },
};

/**
 * Returns the claims that every guide must fulfil, whatever it controls: the suite that the built-in guides pass. It runs on a tiny model of
 * random weights, made in memory, or on a model of yours.
 */
export function guideContract<O>(factory: GuideFactory<O>, options: ContractOptions<O> = {}): readonly ContractCheck[] {
  let made: Promise<Subject<O>> | undefined;
  const named = (name: string, run: (subject: Subject<O>) => void | Promise<void>): ContractCheck => ({
    name,
    run: async () => run(await (made ??= subjectOf(factory, options))),
  });
  return [
    named('its schema refuses nonsense, and a key that it does not know', (of) => refusesNonsense(of, options.refused ?? [])),
    named('its summary is a sentence', hasSummary),
    ...factory.places.flatMap((via) => [
      named(`${via}: accepts its own examples`, (of) => takesExamples(of, via)),
      named(`${via}: creates a guide that acts there`, async (of) => {
        const { guide } = await of.make(via);
        claim(guide.via === via, () => `expected a guide with via: '${via}', got '${guide.via}'`);
      }),
      ...Object.entries(CLAIMS[via]).map(([name, run]) => named(`${via}: ${name}`, (of) => run(of, via))),
      named(`${via}: the same seed gives the same text`, (of) => repeatsTexts(of, via)),
    ]),
  ];
}
