import { tf } from '../tf.js';

/** Returns whether a gradient may be taken of what is computed now: inside of a gradient function, a gradient of the gradient. */
export const isDifferentiated = (): boolean => tf.engine().state.gradientDepth > 0;
