import { parentPort } from 'node:worker_threads';
import { DiffusteerError } from '../../base/errors.js';
import type { HostTensor, Program, Resident, State } from '../types.js';
import { OnnxProgram } from './onnx-program.js';
import { createSession } from './onnx-session.js';
import { OnnxResident, OnnxState } from './onnx-tensors.js';
import { RunQueue } from './run-queue.js';
import { failureOf, type Handle, type Numbered, type Reply, type Request } from './thread-protocol.js';

// The worker side of a ThreadedOnnxDevice: it holds sessions and tensors and answers one request after the other.

type Held = Program | State | Resident;

const port = parentPort!;
const held = new Map<Handle, Held>();
const queue = new RunQueue();
const requests = new RunQueue();

port.on('message', (request: Numbered) => {
  void requests.add(async () => {
    const reply: Reply = await answer(request).then(
      (tensors) => ({ id: request.id, tensors }),
      (error: unknown) => ({ id: request.id, failure: failureOf(error) }),
    );
    port.postMessage(reply);
    if (request.do === 'close') port.close();
  });
});

/** What the worker holds under a handle. It is gone if it was disposed while the request was on its way. */
function find(handle: Handle): Held {
  const found = held.get(handle);
  if (found === undefined) throw new DiffusteerError('a program, state or resident tensor was used after it was disposed');
  return found;
}

async function answer(request: Request): Promise<Record<string, HostTensor>> {
  switch (request.do) {
    case 'load': {
      const session = await createSession(request.model, 'cpu', request.threads);
      held.set(request.handle, new OnnxProgram(request.signature, session, queue));
      return {};
    }
    case 'put':
      held.set(request.handle, new OnnxResident(request.tensor));
      return {};
    case 'state':
      held.set(request.handle, new OnnxState(request.tensors));
      return {};
    case 'run': {
      const feeds = Object.entries(request.feeds).map(
        ([name, fed]) => [name, typeof fed === 'number' ? (find(fed) as Resident) : fed] as const,
      );
      const options = {
        ...(request.state !== undefined && { state: find(request.state) as State }),
        ...(request.fetch !== undefined && { fetch: request.fetch }),
      };
      return (find(request.program) as Program).run(Object.fromEntries(feeds), options);
    }
    case 'read':
      return (find(request.state) as State).read(request.names);
    case 'dispose':
      await held.get(request.handle)?.dispose();
      held.delete(request.handle);
      return {};
    case 'close':
      for (const one of held.values()) await one.dispose();
      held.clear();
      return {};
  }
}
