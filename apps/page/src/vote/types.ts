// What the steps hand to one another.
import type { Election } from "../engine";
import type { VoterManifest } from "./election_view";

type Encrypted = Awaited<ReturnType<Election["encrypt"]>>;

/** An encrypted ballot; withNonces is null once it was cast. */
export interface Sealed {
  id: string;
  code: string;
  ballot: Encrypted["ballot"];
  withNonces: NonNullable<Encrypted["withNonces"]> | null;
}

/** Its shape was checked when the file was opened. */
export function manifestOf(election: Election): VoterManifest {
  return election.file.manifest as unknown as VoterManifest;
}
