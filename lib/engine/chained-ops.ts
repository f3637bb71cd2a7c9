import type core from '@tensorflow/tfjs-core';
import type { DataType, Tensor } from '@tensorflow/tfjs-core';

type Op = (x: Tensor, ...rest: unknown[]) => unknown;
type Ops = Readonly<Record<string, Op>>;

/** The operations of tfjs that are methods of a tensor under the same name: `x.add(y)` is `tf.add(x, y)`. */
const sameName = [
  ...['abs', 'acos', 'acosh', 'add', 'all', 'any', 'argMax', 'argMin', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'avgPool'],
  ...['batchNorm', 'batchToSpaceND', 'broadcastTo', 'cast', 'ceil', 'clipByValue', 'conv1d', 'conv2d', 'conv2dTranspose', 'cos'],
  ...['cosh', 'cumprod', 'cumsum', 'depthToSpace', 'depthwiseConv2d', 'dilation2d', 'div', 'divNoNan', 'dot', 'elu', 'equal'],
  ...['erf', 'euclideanNorm', 'exp', 'expandDims', 'expm1', 'fft', 'floor', 'floorDiv', 'gather', 'greater', 'greaterEqual'],
  ...['ifft', 'irfft', 'isFinite', 'isInf', 'isNaN', 'leakyRelu', 'less', 'lessEqual', 'localResponseNormalization', 'log'],
  ...['log1p', 'logSigmoid', 'logSoftmax', 'logSumExp', 'logicalAnd', 'logicalNot', 'logicalOr', 'logicalXor', 'matMul', 'max'],
  ...['maxPool', 'maximum', 'mean', 'min', 'minimum', 'mirrorPad', 'mod', 'mul', 'neg', 'norm', 'notEqual', 'oneHot', 'onesLike'],
  ...['pad', 'pool', 'pow', 'prelu', 'prod', 'reciprocal', 'relu', 'relu6', 'reshape', 'reverse', 'rfft', 'round', 'rsqrt'],
  ...['selu', 'separableConv2d', 'sigmoid', 'sign', 'sin', 'sinh', 'slice', 'softmax', 'softplus', 'spaceToBatchND', 'split'],
  ...['sqrt', 'square', 'squaredDifference', 'squeeze', 'step', 'stridedSlice', 'sub', 'sum', 'tan', 'tanh', 'tile', 'topk'],
  ...['transpose', 'unique', 'unsortedSegmentSum', 'unstack', 'zerosLike'],
];

/** Methods that differ from the operation of the same name. */
const ownName = (tf: typeof core): Ops => {
  const shaped: Op = (x, ...shape) => tf.reshape(x, shape as number[]);
  const listed = (x: Tensor, others: unknown): Tensor[] => [x, ...([others].flat() as Tensor[])];
  return {
    as1D: (x) => tf.reshape(x, [x.size]),
    flatten: (x) => tf.reshape(x, [x.size]),
    as2D: shaped,
    as3D: shaped,
    as4D: shaped,
    as5D: shaped,
    asScalar(x) {
      tf.util.assert(x.size === 1, () => 'The array must have only 1 element.');
      return tf.reshape(x, []);
    },
    reshapeAs: (x, other) => tf.reshape(x, (other as Tensor).shape),
    asType: (x, dtype) => tf.cast(x, dtype as DataType),
    toBool: (x) => tf.cast(x, 'bool'),
    toFloat: (x) => tf.cast(x, 'float32'),
    toInt: (x) => tf.cast(x, 'int32'),
    concat: (x, others, axis) => tf.concat(listed(x, others), axis as number | undefined),
    stack: (x, others, axis) => tf.stack(listed(x, others), axis as number | undefined),
    where: (x, condition, other) => tf.where(condition as Tensor, x, other as Tensor),
    resizeBilinear: tf.image.resizeBilinear as Op,
    resizeNearestNeighbor: tf.image.resizeNearestNeighbor as Op,
  };
};

/** Adds to tensors the methods that their type declares. */
export function addChainedOps(tf: typeof core): void {
  const shared = Object.fromEntries(sameName.map((name) => [name, (tf as unknown as Ops)[name]!]));
  for (const [name, op] of Object.entries({ ...shared, ...ownName(tf) })) {
    Object.defineProperty(tf.Tensor.prototype, name, {
      value(this: Tensor & { throwIfDisposed(): void }, ...rest: unknown[]) {
        this.throwIfDisposed();
        return op(this, ...rest);
      },
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}
