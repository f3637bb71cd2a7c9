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
  let tfjs: Awaited<ReturnType<typeof train>>;
  before(async () => {
    tfjs = await train('tfjs-cpu', 10);
  });

  it('lowers the loss', () => {
    expect(tfjs.losses[9]).to.be.below(tfjs.losses[0]! - 0.3);
  });

  for (const name of ['onnx-cpu', 'tfjs-wasm'] as const) {
    it(`gives on ${name} the results of tfjs-cpu, for ten steps`, async () => {
      const { losses, state } = await train(name, 10);
      losses.forEach((loss, i) => expect(loss).to.be.closeTo(tfjs.losses[i]!, 1e-4));
      for (const [tensor, { data }] of Object.entries(tfjs.state))
        data.forEach((value, i) => expect(state[tensor]!.data[i], `${tensor}[${i}]`).to.be.closeTo(value, 1e-4));
    });
  }
});
