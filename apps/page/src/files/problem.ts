// What is told to people when something does not work: a sentence of the page's texts, and what the module said.
import t from "texts";
import { ElectionGuardError } from "../engine";

export interface Problem {
  says: string;
  /** of the module: its sentence and the place that it means */
  detail?: string;
  code?: string;
}

/** Thrown by the page's own checks. */
export class Refused extends Error {}

export function problemOf(error: unknown, says: string = t.error.unknown): Problem {
  if (error instanceof Refused) {
    return { says: error.message };
  }
  if (error instanceof ElectionGuardError) {
    const place = error.path === "" ? "" : ` (${t.error.place(error.path)})`;
    return { says, detail: `${error.message}${place}`, code: error.code };
  }
  if (error instanceof RangeError) {
    return { says: t.error.memory };
  }
  return { says, detail: error instanceof Error ? error.message : String(error) };
}
