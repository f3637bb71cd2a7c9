/** Tools that every room may use. Takes plain values; gives errors, random numbers, files, paths and clause trees; knows nothing of texts, tensors and configs. */
export { DiffusteerError, InputError, Interrupted, type Problem } from './errors.js';
