import { expect } from 'chai';
import { openDevice } from '../../lib/engine/index.js';
import type { DeviceName, HostTensor } from '../../lib/engine/types.js';
import { initialState, trainFeeds, trainInputs, trainStep } from './small-model.js';

async function train(name: DeviceName, steps: number): Promise<{ losses: number[]; state: Record<string, HostTensor> }> {
  const device = await openDevice(name, { threads: 2 });
  const program = await device.compile(trainStep, trainInputs);
  const state = device.state(initialState());
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const { loss } = await program.run(trainFeeds(step), { state });
    losses.push(loss!.data[0]!);
  }
  const tensors = await state.read();
  await device.dispose();
  return { losses, state: tensors };
}

describe('a training step', () => {
  it('gives on onnx-cpu what it gives on tfjs-cpu, ten steps long', async () => {
    const [onnx, tfjs] = [await train('onnx-cpu', 10), await train('tfjs-cpu', 10)];
    expect(onnx.losses[9]).to.be.below(onnx.losses[0]! - 0.3);
    onnx.losses.forEach((loss, i) => expect(loss).to.be.closeTo(tfjs.losses[i]!, 1e-4));
    for (const [name, { data }] of Object.entries(tfjs.state))
      data.forEach((value, i) => expect(onnx.state[name]!.data[i], `${name}[${i}]`).to.be.closeTo(value, 1e-4));
  });
});
