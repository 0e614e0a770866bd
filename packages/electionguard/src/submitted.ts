/** Ballots as they are cast or spoiled: docs/crypto.md 14.5. */
import type { CiphertextBallot, SubmittedBallot } from "./types.js";

export const CAST = 1;
export const SPOILED = 2;

/** Whatever ballot is given, no nonce of it goes out. */
export function submitted(ballot: CiphertextBallot, state: number): SubmittedBallot {
  const contests = ballot.contests.map((contest) => ({
    ...contest,
    ballot_selections: contest.ballot_selections.map((selection) => ({ ...selection, nonce: null })),
    nonce: null,
  }));
  return { ...ballot, contests, nonce: null, state };
}
