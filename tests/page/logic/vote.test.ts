// What the room Vote decides without a browser.
import assert from "node:assert/strict";
import test from "node:test";
import { isBallotId, randomBallotId } from "../../../apps/page/src/vote/ballot_id";
import { ballotOf, isOver, toggled, writeInsTooLong, written, type Choices } from "../../../apps/page/src/vote/choices";
import { compare } from "../../../apps/page/src/vote/compare";
import { contestsOf, placesOf, type ShownContest, type VoterManifest } from "../../../apps/page/src/vote/election_view";

const none: Choices = new Map();
const choice = (id: string, isWriteIn = false) => ({ id, name: id, party: null, isWriteIn });
const seats: ShownContest = {
  id: "seats",
  title: null,
  plainTitle: "Seats",
  subtitle: null,
  limit: 2,
  choices: [choice("a"), choice("b"), choice("c"), choice("w", true)],
};

const chosen = (...ids: string[]): Choices => ids.reduce((all, id) => toggled(all, "seats", id), none);

test("a second press takes a choice back", () => {
  assert.deepEqual([...chosen("a", "b", "a").get("seats")!.keys()], ["b"]);
  assert.equal(isOver(chosen("a", "b"), seats), false);
  assert.equal(isOver(chosen("a", "b", "c"), seats), true);
});

test("a ballot names every selection, whatever was chosen", () => {
  const names = (choices: Choices) =>
    ballotOf("b-1", "style", [seats], choices).contests.map((c) => c.ballot_selections.map((s) => s.object_id));
  assert.deepEqual(names(none), names(chosen("a", "c")));
  const votes = ballotOf("b-1", "style", [seats], chosen("c")).contests[0]!.ballot_selections.map((s) => s.vote);
  assert.deepEqual(votes, [0, 0, 1, 0]);
});

test("a name that was written in goes along, trimmed and normal", () => {
  const selections = (name: string) =>
    ballotOf("b-1", "s", [seats], written(none, "seats", "w", name)).contests[0]!.ballot_selections;
  assert.deepEqual(selections(" Zoe\u0308 ")[3], { object_id: "w", vote: 1, write_in: "Zo\u00eb" });
  assert.deepEqual(selections("  ")[3], { object_id: "w", vote: 1 });
});

test("names that would not fit into the contest data are refused before", () => {
  const long = (name: string) => writeInsTooLong(written(none, "seats", "w", name), seats);
  assert.equal(long("x".repeat(300)), false);
  assert.equal(long("x".repeat(301)), true);
  // escaped: six bytes each, twelve where UTF-16 takes two
  assert.equal(long("\u9009".repeat(50)), false);
  assert.equal(long("\u9009".repeat(51)), true);
  assert.equal(long("\u{1f5f3}".repeat(25)), false);
  assert.equal(long("\u{1f5f3}".repeat(26)), true);
});

test("an opened ballot is held against what was chosen", () => {
  const opened = (...ids: string[]) => ({
    object_id: "b-1",
    style_id: "s",
    contests: [{ object_id: "seats", ballot_selections: ["a", "b", "c", "w"].map((id) => ({ object_id: id, vote: ids.includes(id) ? 1 : 0 })) }],
  });
  const isSame = (choices: Choices, ...ids: string[]) => compare([seats], choices, opened(...ids))[0]!.isSame;
  assert.equal(isSame(chosen("a", "b"), "b", "a"), true);
  assert.equal(isSame(chosen("a", "b"), "a"), false);
  assert.equal(isSame(chosen("a"), "b"), false);
  assert.equal(isSame(none, "a"), false);
  assert.equal(isSame(none), true);
  // an overvote counts as nothing
  assert.equal(isSame(chosen("a", "b", "c")), true);
  assert.equal(isSame(chosen("a", "b", "c"), "a"), false);
});

test("names of ballots are random and can name a file", () => {
  const some = new Set(Array.from({ length: 200 }, randomBallotId));
  assert.equal(some.size, 200);
  assert.ok([...some].every(isBallotId));
  for (const bad of ["", "a/b", "a\\b", "a\nb", " a", "x".repeat(201), "\u{1f5f3}".repeat(51)]) {
    assert.equal(isBallotId(bad), false, bad);
  }
});

const manifest = {
  election_scope_id: "e",
  name: null,
  start_date: "",
  end_date: "",
  geopolitical_units: [{ object_id: "town", name: "Town" }],
  parties: [{ object_id: "p", name: "Party" }],
  candidates: [
    { object_id: "ann", name: { text: [{ value: "Ann", language: "en" }] }, party_id: "p", is_write_in: null },
    { object_id: "other", name: null, party_id: null, is_write_in: true },
  ],
  contests: [
    {
      object_id: "second",
      sequence_order: 1,
      electoral_district_id: "town",
      number_elected: 2,
      votes_allowed: 1,
      name: "",
      ballot_title: null,
      ballot_subtitle: null,
      ballot_selections: [
        { object_id: "s-2", sequence_order: 1, candidate_id: "other" },
        { object_id: "s-1", sequence_order: 0, candidate_id: "ann" },
      ],
    },
    {
      object_id: "first",
      sequence_order: 0,
      electoral_district_id: "town",
      number_elected: 1,
      votes_allowed: null,
      name: "First",
      ballot_title: null,
      ballot_subtitle: null,
      ballot_selections: [],
    },
    {
      object_id: "elsewhere",
      sequence_order: 2,
      electoral_district_id: "city",
      number_elected: 1,
      votes_allowed: 1,
      name: "Elsewhere",
      ballot_title: null,
      ballot_subtitle: null,
      ballot_selections: [],
    },
  ],
  ballot_styles: [{ object_id: "s", geopolitical_unit_ids: ["town", "unknown"] }],
} satisfies VoterManifest;

test("a ballot's contests are those of its places, in order, with what can be chosen", () => {
  const shown = contestsOf(manifest.ballot_styles[0]!, manifest);
  assert.deepEqual(shown.map((c) => [c.id, c.plainTitle, c.limit]), [["first", "First", 1], ["second", "second", 1]]);
  assert.deepEqual(shown[1]!.choices.map((c) => [c.id, c.party, c.isWriteIn]), [["s-1", "Party", false], ["s-2", null, true]]);
  assert.equal(shown[1]!.choices[1]!.name, "other");
  assert.deepEqual(placesOf(manifest.ballot_styles[0]!, manifest), ["Town", "unknown"]);
});
