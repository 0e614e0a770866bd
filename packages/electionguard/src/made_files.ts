/** Files that the module makes, and what is said where it makes none. */
import { ElectionGuardError } from "./error.js";
import type { RecordFault, RecordFile } from "./record_types.js";

export interface MadeFile {
  name: string;
  text: string;
}

export function filesOf(made: MadeFile[]): RecordFile[] {
  const encoder = new TextEncoder();
  return made.map(({ name, text }) => ({ name, bytes: encoder.encode(text) }));
}

/** what: the sentence, to which the first fault is added; its place is the path. */
export function refuse(what: string, [fault]: RecordFault[]): never {
  const path = [fault?.file, fault?.path].filter((part) => part).join(": ");
  throw new ElectionGuardError("proof_invalid", `${what}: ${fault?.message ?? "it cannot be read"}`, path);
}
