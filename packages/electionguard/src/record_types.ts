/** Records: what they are given as, and what is said of them (docs/record.md). */

/** One file of a record, as it is made: `guardians/guardian_1.json`. */
export interface RecordFile {
  name: string;
  bytes: Uint8Array;
}

/** The files of a record by name. */
export type RecordFiles =
  | Map<string, Uint8Array | Blob>
  | readonly { readonly name: string; readonly bytes: Uint8Array | Blob }[];

/**
 * A zip file as a Blob or as bytes, or files by name. A Blob is read piece by piece, however large it is. In Node.js also
 * the path of a zip file or a folder.
 */
export type RecordSource = Blob | Uint8Array | RecordFiles | string;

export interface RecordProgress {
  /** What is being done. */
  step: string;
  /** Parts of the step. */
  done: number;
  total: number;
}

export interface RecordOptions {
  onProgress?: ((progress: RecordProgress) => void) | undefined;
  /** The promise is then refused with the signal's reason. */
  signal?: AbortSignal | undefined;
}

export interface VerifyOptions extends RecordOptions {
  /** The record before its decryption, as guardians are given it. */
  closed?: boolean | undefined;
}

export interface RecordFault {
  /** Of the specification, 0 to 16: the index in `steps`. */
  step: number;
  /** Empty where it is the record's as a whole. */
  file: string;
  /** The place within it; may be empty. */
  path: string;
  message: string;
}

export interface RecordStep {
  step: number;
  name: string;
  /** What `checked` counts. */
  noun: string;
  checked: number;
  faults: number;
}

export interface RecordCount {
  contest_id: string;
  contest: string;
  selection_id: string;
  candidate: string;
  votes: number;
}

export interface RecordReport {
  /** Everything holds. */
  verified: boolean;
  /** So damaged that not all could be looked at. */
  unreadable: boolean;
  fault_total: number;
  /** The first hundred. */
  faults: RecordFault[];
  steps: RecordStep[];
  counts: RecordCount[];
  /** The ballots by id; counted: cast, not spoiled. */
  ballots: { id: string; code: string; counted: boolean }[];
}
