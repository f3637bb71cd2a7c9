import { check } from '../config/index.js';
import type { Via } from '../guide/contract.js';
import { claim, optionsText } from './claims.js';
import type { Subject } from './subject.js';

/** Claims that the guide's examples pass its schema and its check. */
export async function takesExamples<O>({ factory, examples, info, classesOf }: Subject<O>, via: Via): Promise<void> {
  const classes = await classesOf(via);
  for (const options of examples) {
    const problems = [...check(factory.options, options).problems, ...factory.check(options, { model: info, via, classes })];
    const words = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    claim(problems.length === 0, () => `expected no problem with ${optionsText(options)}, got ${words}`);
  }
}

/** Claims that the schema refuses values that are not options, and keys that it does not list. */
export function refusesNonsense<O>({ factory, examples }: Subject<O>, refused: readonly unknown[]): void {
  for (const options of [...refused, { ...examples[0], nosuch: 1 }, null, 3, []]) {
    const { problems } = check(factory.options, options);
    claim(problems.length > 0, () => `expected the schema of "options" to refuse ${optionsText(options)}`);
  }
}

/** Claims that the summary is a sentence. */
export function hasSummary<O>({ factory: { summary } }: Subject<O>): void {
  claim(/^[A-Z].{10,}\.$/.test(summary), () => `expected a sentence with a capital and a full stop, got ${optionsText(summary)}`);
}
