// What a voter chose, contest by contest, and the ballot made of it.
import type { ShownContest } from "./election_view";

/** By contest, by selection: chosen, with what was written in (else ""). */
export type Choices = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function chosenIn(choices: Choices, contest: string): ReadonlyMap<string, string> {
  return choices.get(contest) ?? new Map();
}

function withContest(choices: Choices, contest: string, chosen: ReadonlyMap<string, string>): Choices {
  return new Map([...choices, [contest, chosen]]);
}

export function toggled(choices: Choices, contest: string, selection: string): Choices {
  const chosen = new Map(chosenIn(choices, contest));
  if (!chosen.delete(selection)) {
    chosen.set(selection, "");
  }
  return withContest(choices, contest, chosen);
}

export function written(choices: Choices, contest: string, selection: string, name: string): Choices {
  return withContest(choices, contest, new Map([...chosenIn(choices, contest), [selection, name]]));
}

export function isOver(choices: Choices, contest: ShownContest): boolean {
  return chosenIn(choices, contest.id).size > contest.limit;
}

/** Bytes of a text in the contest data, where what is not ASCII is escaped (docs/crypto.md 7.4, 2.3). */
function escapedBytes(text: string): number {
  return [...text].reduce((sum, c) => sum + JSON.stringify(c).length - 2 + (c > "~" ? 6 * c.length - c.length : 0), 0);
}

const WRITE_INS_MOST = 300; // of the 510, the rest is for ids and what an overvote lists

export function writeInsTooLong(choices: Choices, contest: ShownContest): boolean {
  const names = [...chosenIn(choices, contest.id).values()];
  return names.reduce((sum, name) => sum + escapedBytes(name.trim()), 0) > WRITE_INS_MOST;
}

export function hasWriteIns(choices: Choices): boolean {
  return [...choices.values()].some((chosen) => [...chosen.values()].some((name) => name.trim() !== ""));
}

export interface PlainBallot {
  object_id: string;
  style_id: string;
  contests: { object_id: string; ballot_selections: { object_id: string; vote: number; write_in?: string }[] }[];
}

/** Every contest and every selection, so that the ballot's size says nothing. */
export function ballotOf(id: string, style: string, contests: readonly ShownContest[], choices: Choices): PlainBallot {
  return {
    object_id: id,
    style_id: style,
    contests: contests.map((contest) => {
      const chosen = chosenIn(choices, contest.id);
      return {
        object_id: contest.id,
        ballot_selections: contest.choices.map((choice) => {
          const name = chosen.get(choice.id)?.trim().normalize("NFC") ?? "";
          return { object_id: choice.id, vote: chosen.has(choice.id) ? 1 : 0, ...(name === "" ? {} : { write_in: name }) };
        }),
      };
    }),
  };
}
