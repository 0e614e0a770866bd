// A tested ballot beside what the voter chose.
import { chosenIn, type Choices, type PlainBallot } from "./choices";
import type { ShownContest } from "./election_view";

export interface Compared {
  contest: ShownContest;
  chosen: string[];
  holds: string[];
  isOver: boolean;
  isSame: boolean;
}

function votesOf(opened: PlainBallot, contest: string): string[] {
  const found = opened.contests.find((one) => one.object_id === contest);
  return (found?.ballot_selections ?? []).filter((one) => one.vote > 0).map((one) => one.object_id);
}

const sameIds = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join("\n") === [...b].sort().join("\n");

/** Of an overvoted contest nothing counts: the opened ballot has no vote there. */
export function compare(contests: readonly ShownContest[], choices: Choices, opened: PlainBallot): Compared[] {
  return contests.map((contest) => {
    const known = new Set(contest.choices.map((choice) => choice.id));
    const chosen = [...chosenIn(choices, contest.id).keys()];
    const holds = votesOf(opened, contest.id).filter((id) => known.has(id));
    const isOver = chosen.length > contest.limit;
    return { contest, chosen, holds, isOver, isSame: sameIds(isOver ? [] : chosen, holds) };
  });
}
