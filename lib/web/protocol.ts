import type { ErrorAnswer, GenerateEvent, StatusAnswer } from '../serve/api.js';

// Messages between the page and the worker that has the engine. Types only, so that the page can import them.

/** A call of a method of a client. `stop` ends the call of the same id. */
export interface Call {
  readonly id: number;
  readonly method: 'generate' | 'check' | 'guides' | 'models' | 'vocabulary' | 'schema' | 'status' | 'stop';
  /** The arguments of the method, without a signal. */
  readonly args: readonly unknown[];
}

/** An answer to a call; `generate` gets events before its value. */
export type Reply =
  | { readonly id: number; readonly event: GenerateEvent }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ErrorAnswer };

/** The answer to `status`. */
export interface ExportStatus extends StatusAnswer {
  /** What the page computes on. */
  readonly provider: ExportManifest['provider'];
}

/** Bytes that were fetched before the engine can start. */
export interface LoadProgress {
  readonly loaded: number;
  readonly of: number;
}

/** The file `export.json`. */
export interface ExportManifest {
  /** Version of diffusteer. */
  readonly version: string;
  /** Names of the guides that configs may use. */
  readonly guides: readonly string[];
  /** What onnxruntime-web runs on if the browser has it. */
  readonly provider: 'wasm' | 'webgpu';
  /** Path of each file in `files/`, gzipped there, and its sizes in bytes. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly packed: number }>>;
}
