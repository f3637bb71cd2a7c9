/** The tracing backend of tfjs. Takes a function of tensors; gives the graph of what it computes; knows nothing of the device that will run it. */
export { printGraph } from './print.js';
export { trace } from './trace.js';
