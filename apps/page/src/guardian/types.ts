// What the parts of the room hand to one another.
import type { Guardian } from "../engine";

export type About = Awaited<ReturnType<Guardian["about"]>>;

/** A key that is open. The pass phrase stays, so that every change can be saved with one press. */
export interface OpenKey {
  guardian: Guardian;
  phrase: string;
  /** as it is now it was never saved */
  isNew: boolean;
}
