import type { BackendValues, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';

/** Registers the kernel that the gradient of tf.gather needs and the wasm backend of tfjs lacks, in plain JavaScript. */
export function registerSegmentSum(): void {
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc({ inputs, backend, attrs }): TensorInfo {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const { numSegments } = attrs as { numSegments: number };
      const wasm = backend as Pick<KernelBackend, 'readSync' | 'write'>;
      const rows = wasm.readSync(x.dataId) as Float32Array;
      const ids = wasm.readSync(segmentIds.dataId) as Int32Array;
      const width = x.shape.slice(1).reduce((a, b) => a * b, 1);
      const sums = new Float32Array(numSegments * width);
      for (let i = 0; i < rows.length; i++) sums[ids[Math.floor(i / width)]! * width + (i % width)]! += rows[i]!;
      const shape = [numSegments, ...x.shape.slice(1)];
      const values: BackendValues = x.dtype === 'int32' ? Int32Array.from(sums) : sums;
      return { dataId: wasm.write(values, shape, x.dtype), shape, dtype: x.dtype };
    },
  });
}
