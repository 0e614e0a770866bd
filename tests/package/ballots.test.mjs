// Ballots that the package encrypts: what holds of them, and what is refused.
import assert from "node:assert/strict";
import test from "node:test";
import { changed, electionOf, loaded, otherDigit, vote } from "./support.mjs";

const noncesOf = (ballot) => [
  ballot.nonce,
  ...ballot.contests.flatMap((contest) => [contest.nonce, ...contest.ballot_selections.map((one) => one.nonce)]),
];

test("a ballot holds under either kernel, and each verifies the other's", async (t) => {
  const [simd, plain] = [await loaded(t, { kernel: "simd128" }), await loaded(t, { kernel: "portable" })];
  assert.equal((await simd.info()).kernel, "simd128");
  assert.equal((await plain.info()).kernel, "portable");
  const { file, election } = await electionOf(simd);
  const other = await plain.openElection(JSON.stringify(file));
  assert.equal(other.device_hash, election.device_hash);
  for (const [from, to] of [[election, other], [other, election]]) {
    const { code, ballot } = await from.encrypt(vote("b-1", "Elm"));
    assert.deepEqual(await to.verify(from.cast(ballot)), { code, state: 1 });
    assert.deepEqual(await to.verify(from.spoil(ballot)), { code, state: 2 });
  }
});

test("nonces come only where they are asked for, and are never cast", async (t) => {
  const { election } = await electionOf(await loaded(t));
  const forgotten = await election.encrypt(vote("b-1", "Oak"));
  assert.equal(forgotten.withNonces, undefined);
  assert.ok(noncesOf(forgotten.ballot).every((nonce) => nonce === null));
  const kept = await election.encrypt(vote("b-2", "Oak"), { keepNonces: true });
  assert.ok(noncesOf(kept.withNonces).every((nonce) => typeof nonce === "string"));
  assert.deepEqual(election.cast(kept.withNonces), { ...kept.ballot, state: 1 });
  assert.deepEqual(Object.keys(election.spoil(kept.withNonces)).at(-1), "state");
});

test("a timestamp is in the code, and no two ballots are alike", async (t) => {
  const { election } = await electionOf(await loaded(t));
  const [a, b] = [await election.encrypt(vote("b", "Oak"), { timestamp: 1 }), await election.encrypt(vote("b", "Oak"), { timestamp: 1 })];
  assert.equal(a.ballot.timestamp, 1);
  assert.notEqual(a.code, b.code);
  await assert.rejects(election.verify({ ...a.ballot, timestamp: 2 }), { code: "proof_invalid", path: "ballot.code" });
});

test("a challenge opens what was encrypted", async (t) => {
  const { election } = await electionOf(await loaded(t), { party_names: [], candidate_names: ["Oak", "Elm", "Fir"], max_choices: 2 });
  const { withNonces, code } = await election.encrypt(vote("b-1", "Fir", "Oak"), { keepNonces: true });
  const opened = await election.challenge(withNonces);
  assert.equal(opened.code, code);
  const votes = opened.ballot.contests[0].ballot_selections.map((one) => [one.object_id, one.vote]);
  assert.deepEqual(Object.fromEntries(votes), { Oak: 1, Elm: 0, Fir: 1 });
});

test("a challenge refuses nonces that are not those of the ballot", async (t) => {
  const { election } = await electionOf(await loaded(t));
  const { withNonces, ballot } = await election.encrypt(vote("b-1", "Elm"), { keepNonces: true });
  const nonce = ["contests", 0, "ballot_selections", 1, "nonce"];
  await assert.rejects(election.challenge(changed(withNonces, nonce, otherDigit)), { name: "ElectionGuardError" });
  await assert.rejects(election.challenge(ballot), { name: "ElectionGuardError", path: /nonce/ });
});

test("a false proof is named by its place", async (t) => {
  const { election } = await electionOf(await loaded(t));
  const { ballot } = await election.encrypt(vote("b-1", "Elm"));
  const place = ["contests", 0, "ballot_selections", 2, "proof", "proof_zero_response"];
  await assert.rejects(election.verify(changed(ballot, place, otherDigit)), (fault) => {
    assert.equal(fault.code, "proof_invalid");
    assert.match(fault.path, /^ballot\.contests\[0\]\.ballot_selections\[2\]/);
    assert.match(fault.message, /\S+ \S+/);
    return true;
  });
});

test("a ballot of another election is refused", async (t) => {
  const eg = await loaded(t);
  const { election } = await electionOf(eg);
  const { election: other } = await electionOf(eg, { ...TREES_OF_OTHERS });
  const { ballot } = await other.encrypt(vote("b-1", "Yew"));
  await assert.rejects(election.verify(ballot), { code: "wrong_election" });
});
const TREES_OF_OTHERS = { party_names: [], candidate_names: ["Yew", "Bay"] };

test("votes that no voter can cast are refused before anything is computed", async (t) => {
  const { election } = await electionOf(await loaded(t));
  const bad = [
    [{ ...vote("b-1", "Oak"), style_id: "another" }, /style_id/],
    [vote("b-1", "Nobody"), /ballot_selections/],
    [changed(vote("b-1", "Oak"), ["contests", 0, "ballot_selections", 0, "vote"], () => 2), /vote/],
    [changed(vote("b-1", "Oak"), ["contests", 0, "object_id"], () => "another"), /contests/],
    [{}, /ballot/],
  ];
  for (const [ballot, path] of bad) {
    await assert.rejects(election.encrypt(ballot), (fault) => {
      assert.equal(fault.name, "ElectionGuardError", JSON.stringify(ballot));
      assert.match(fault.path, path);
      return true;
    });
  }
  assert.ok((await election.encrypt(vote("b-1", "Oak"))).code);
});
