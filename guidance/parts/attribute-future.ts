import { inputError } from '../../lib/base/errors.js';
import type { FutureSpec } from '../../lib/guide/contract.js';
import type { AnnotatedRow } from '../../lib/text/types.js';
import { classesOfSlots, findSlot, findValue, slotTable, type SlotValues } from './slots.js';

/** The value that each slot will have in the finished text; class 0 is none. */
export const attributeFuture = (
  slotsOf: (row: AnnotatedRow) => SlotValues,
): FutureSpec<{ readonly slot: string; readonly value: string }> => ({
  learnsFrom: ['mr'],
  classes: (rows) => classesOfSlots(rows.map(slotsOf)),
  questions(_, classes) {
    const { slots, valuesOf } = slotTable(classes);
    return slots.map((slot) => valuesOf.get(slot)!.length + 1);
  },
  answers(row, { maxTokens }, classes) {
    const values = slotsOf(row);
    const { slots, valuesOf } = slotTable(classes);
    const places = slots.map((slot) => valuesOf.get(slot)!.indexOf(values.get(slot) ?? '') + 1);
    const read = row.words.length + 1; // END too
    return Int32Array.from({ length: maxTokens * slots.length }, (_, i) =>
      Math.floor(i / slots.length) <= read ? places[i % slots.length]! : -1,
    );
  },
  asks({ slot, value }, _place, _model, classes) {
    const { slots, valuesOf } = slotTable(classes);
    const known = findSlot(slot, slots);
    if (known === undefined) throw inputError('slot', `expected one of ${slots.join(', ')}, got "${slot}"`);
    const at = findValue(value, valuesOf.get(known)!);
    if (at < 0) throw inputError('value', `the discriminator has learned no ${known} "${value}"`);
    return slots.map((name) => (name === known ? [at + 1] : undefined));
  },
});
