import type { PreparedRun } from '../plan/prepare.js';
import { textConstraint, type TextConstraint } from '../plan/text-factors.js';
import { keepFactors } from './edit.js';
import type { BatchTexts, ShardText } from './batch-texts.js';

/** A batch whose texts have their constraints. */
export interface ConstrainedTexts extends BatchTexts {
  readonly texts: readonly (ShardText & { readonly constraint: TextConstraint })[];
}

/** Returns the texts of a batch with their constraints, which those of one target share. They are made once, however many candidates follow. */
export function withConstraints({ texts, filler }: BatchTexts): ConstrainedTexts {
  const known = new Map<PreparedRun, Map<number, TextConstraint>>();
  const constraintFor = ({ run, item: { target } }: ShardText): TextConstraint => {
    const ofRun = known.get(run) ?? new Map<number, TextConstraint>();
    known.set(run, ofRun);
    if (!ofRun.has(target)) ofRun.set(target, makeConstraint(run, target));
    return ofRun.get(target)!;
  };
  return { filler, texts: texts.map((text) => ({ ...text, constraint: text.constraint ?? constraintFor(text) })) };
}

/** Returns the constraint of a text. @param target index of its target; undefined for a row that only fills up a batch */
export function makeConstraint(run: PreparedRun, target: number | undefined): TextConstraint {
  const { config, checkpoint, guides, given } = run;
  const keep = config.edit?.keep ?? 0;
  const { size } = checkpoint.tokenizer.vocabulary;
  const kept = given && target !== undefined && keep > 0 ? keepFactors(given[target]!, keep, size) : undefined;
  return textConstraint(guides, checkpoint, target, kept);
}
