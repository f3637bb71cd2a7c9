import { isDeepStrictEqual } from 'node:util';
import { emptiness, onCanvas } from '../../automaton/index.js';
import { addFactors, canvasFactors, emptyPosition } from '../../sampler/factors.js';
import type { PosteriorGuide } from '../../sampler/guide.js';
import { factorsProblem } from '../plugins/guard-factors.js';
import { claim, shown } from './claims.js';
import type { Subject } from './subject.js';

const guideOf = async <O>(subject: Subject<O>) => (await subject.make('posterior')).guide as PosteriorGuide<O>;

/** Log-factors [L, V] of at most 0 nats or an automaton over the vocabulary, and the same each time. */
export async function givesFactors<O>(subject: Subject<O>): Promise<void> {
  const [first, second] = [await guideOf(subject), await guideOf(subject)];
  for (const options of subject.examples) {
    const factors = first.factors(options);
    const problem = factorsProblem(factors, subject.info);
    claim(problem === undefined, () => `the factors of ${shown(options)} must ${problem}`);
    claim(isDeepStrictEqual(first.factors(options), factors), () => `the factors of ${shown(options)} changed from call to call`);
    claim(
      isDeepStrictEqual(second.factors(options), factors),
      () => `the factors of ${shown(options)} changed from guide to guide`,
    );
  }
}

/** With what every text obeys, the factors leave START first, a token at every place, and a text that the automaton accepts. */
export async function leavesText<O>(subject: Subject<O>): Promise<void> {
  const { vocabulary, maxTokens } = subject.info;
  const guide = await guideOf(subject);
  for (const options of subject.examples) {
    const factors = canvasFactors(maxTokens, vocabulary);
    const { logUnary, automaton } = guide.factors(options);
    if (logUnary) addFactors(factors, logUnary, 1);
    const empty = emptyPosition(factors, vocabulary.size);
    claim(empty === undefined, () => `the factors of ${shown(options)} leave no token at place ${empty}`);
    const start = factors[vocabulary.start];
    claim(start === 0, () => `the factors of ${shown(options)} give START ${start} nats at place 0, expected 0`);
    const reason = automaton && emptiness(onCanvas(automaton, vocabulary), factors);
    claim(reason === undefined, () => `the automaton of ${shown(options)} accepts no text: ${shown(reason)}`);
  }
}
