import type { Problem } from '../errors.js';
import type { Checkpoint } from '../model/checkpoint.js';
import { addFactors, canvasFactors, emptyPosition } from '../sampler/factors.js';
import type { RunGuides } from './guides.js';
import type { Plan } from './plan.js';

/** Log-factors [L, V] on the tokens of a text: what every text obeys, and all posterior guides of its target. */
export function textFactors(
  posterior: RunGuides['posterior'],
  { config, tokenizer }: Checkpoint,
  target: number | undefined,
): Float32Array {
  const factors = canvasFactors(config.maxTokens, tokenizer.vocabulary);
  if (target === undefined) return factors;
  for (const { guide, options, weight } of posterior) addFactors(factors, guide.factors(options[target]).logUnary, weight);
  return factors;
}

/** The targets whose guides contradict each other: together they leave no word at some place. */
export function contradictions({ targets }: Plan, posterior: RunGuides['posterior'], checkpoint: Checkpoint): Problem[] {
  if (posterior.length === 0) return [];
  const names = posterior.map(({ label }) => label).join(' and ');
  return targets.flatMap(({ where }, target) => {
    const empty = emptyPosition(textFactors(posterior, checkpoint, target), checkpoint.config.vocabularySize);
    if (empty === undefined) return [];
    return [
      {
        path: '/guidance',
        message: `${names} leave no word at place ${empty} of a text (${where}); loosen one of them for this target`,
      },
    ];
  });
}
