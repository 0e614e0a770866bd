/** What is said between whoever uses the package and its workers. */
import type { Kernel } from "./module.js";
import type { SharedRecord } from "./shared_record.js";

/** The first message to a worker. */
export interface Start {
  wasm: BufferSource;
  simd: BufferSource;
  kernel: Kernel | undefined;
}

/** Every other one: an operation of the module. With a record, its files are put into the request. */
export interface Call {
  id: number;
  name: string;
  /** Or its JSON text. */
  request: object | string;
  record: SharedRecord | undefined;
}

export interface Failure {
  code: string;
  path: string;
  message: string;
}

/** id 0: of the start. */
export type Reply =
  | { id: number; kind: "answer"; answer: unknown }
  | { id: number; kind: "failure"; failure: Failure }
  | { id: number; kind: "progress"; step: string; done: number; total: number };
