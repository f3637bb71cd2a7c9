/**
 * Turns the telemetry of onnxruntime off for this process: from 1.29 on, its binaries send what they run to Microsoft and keep a database in the
 * home folder. onnxruntime reads the variable when it opens its first session. Whoever sets it decides; a worker thread has a copy of the
 * environment that onnxruntime does not see, so the process that starts it must import this module or set the variable.
 */
// eslint-disable-next-line no-restricted-properties -- it is for onnxruntime, which takes no argument
process.env.ORT_DISABLE_TELEMETRY ??= '1';
