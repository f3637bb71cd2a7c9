import type { HostTensor, HostTensors } from '../engine/types.js';
import type { GradientGuide, ProjectGuide, Via } from '../guide/contract.js';
import { inputProblem } from '../guide/results.js';
import { claim, optionsText } from './claims.js';
import type { Subject } from './subject.js';

/** Returns a guide that has inputs. */
async function encoderOf<O>(subject: Subject<O>, via: Via) {
  return (await subject.make(via)).guide as GradientGuide<O> | ProjectGuide<O>;
}

/** Claims that inputs have one row per options, null included, and that a row does not depend on the rest of the batch. */
export async function encodesRowsAlone<O>(subject: Subject<O>, via: Via): Promise<void> {
  const guide = await encoderOf(subject, via);
  const { examples } = subject;
  const whole = encoded(guide.encode([null, ...examples, null]), examples.length + 2);
  for (const [name, tensor] of Object.entries(whole)) {
    examples.forEach((options, i) => {
      const alone = encoded(guide.encode([options]), 1)[name];
      claim(alone !== undefined, () => `expected the input "${name}" for ${optionsText(options)} alone too`);
      claim(
        `${alone.shape.slice(1)}` === `${tensor.shape.slice(1)}`,
        () => `input "${name}": expected shape [1,${tensor.shape.slice(1)}] for one row, got [${alone.shape}]`,
      );
      const same = rowOf(tensor, i + 1).every((value, k) => Object.is(value, alone.data[k]));
      claim(same, () => `input "${name}": the row of ${optionsText(options)} alone and in a batch differ`);
    });
  }
}

/** Claims that an empty batch has the same inputs, without rows. */
export async function encodesEmptyBatch<O>(subject: Subject<O>, via: Via): Promise<void> {
  const guide = await encoderOf(subject, via);
  const [none, one] = [encoded(guide.encode([]), 0), encoded(guide.encode([null]), 1)];
  const names = (inputs: HostTensors) => Object.keys(inputs).sort().join(', ');
  claim(names(none) === names(one), () => `expected the inputs ${names(one)} for an empty batch too, got ${names(none)}`);
}

function encoded(inputs: HostTensors, rows: number): HostTensors {
  const problem = inputProblem(inputs, rows);
  claim(problem === undefined, () => `encode of ${rows} rows must return ${problem}`);
  return inputs;
}

function rowOf({ shape, data }: HostTensor, row: number): number[] {
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  return [...data.subarray(row * width, (row + 1) * width)];
}
