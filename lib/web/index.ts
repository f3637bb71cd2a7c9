/** The engine of requests in a browser tab, without a server. Takes the files of an export and calls of a page; gives events and answers; knows nothing of guides by name and of what the page shows. */
export { answering, type PagePort } from './answer.js';
export type { Call, ExportManifest, LoadProgress, Reply } from './protocol.js';
export { type OrtModule, startExport, type StartParts } from './start.js';
