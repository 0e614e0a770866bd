// Guardians: their key files, what they hand each other, and the end of an election.
import assert from "node:assert/strict";
import test from "node:test";
import { changed, electionOf, guardiansOf, loaded, otherDigit, TREES, vote } from "./support.mjs";

async function exchangeBackups(guardians) {
  for (const [i, from] of guardians.entries()) {
    for (const [j, to] of guardians.entries()) {
      if (i !== j) {
        assert.equal(await to.takeBackup(await from.makeBackup(j + 1)), i + 1);
      }
    }
  }
}

/** Three guardians, five cast ballots and a spoiled one, and the record before its decryption. */
async function voted(eg) {
  const { guardians, election } = await electionOf(eg, TREES, 3, 2);
  await exchangeBackups(guardians);
  const votes = ["Oak", "Elm", "Oak", "Ash", "Oak"];
  const ballots = [];
  for (const [i, name] of votes.entries()) {
    ballots.push(election.cast((await election.encrypt(vote(`b-${i}`, name))).ballot));
  }
  ballots.push(election.spoil((await election.encrypt(vote("b-spoiled", "Fir"))).ballot));
  return { guardians, election, ballots, tally: await election.tally(ballots) };
}

const countsOf = (report) => Object.fromEntries(report.counts.map((one) => [one.candidate, one.votes]));

test("an election ends with one of three guardians missing", async (t) => {
  const eg = await loaded(t, { workers: 2 });
  const { guardians, tally } = await voted(eg);
  assert.equal((await eg.verifyRecord(tally, { closed: true })).verified, true);
  const present = guardians.slice(0, 2);
  const shares = await Promise.all(present.map((guardian) => guardian.share(tally)));
  const compensated = await Promise.all(present.map((guardian) => guardian.compensate(tally, "guardian-3")));
  assert.deepEqual(Object.keys(shares[0].ballot_shares), ["b-spoiled"]);
  assert.equal(compensated[1].missing_guardian_id, "guardian-3");
  const record = [...tally, ...(await eg.combineShares({ tally, shares, compensated }))];
  const report = await eg.verifyRecord(record);
  assert.deepEqual([report.verified, report.faults], [true, []]);
  assert.deepEqual(countsOf(report), { Oak: 3, Elm: 1, Fir: 0, Ash: 1 });
  assert.equal(report.ballots.filter((ballot) => ballot.counted).length, 5);
});

test("combining refuses shares that are false, too few or another's", async (t) => {
  const eg = await loaded(t);
  const { guardians, tally } = await voted(eg);
  const shares = await Promise.all(guardians.map((guardian) => guardian.share(tally)));
  const proof = [0, "tally_share", "contests", "contest-1", "selections", "Oak", "proof", "response"];
  await assert.rejects(eg.combineShares({ tally, shares: changed(shares, proof, otherDigit) }), { code: "proof_invalid" });
  await assert.rejects(eg.combineShares({ tally, shares: shares.slice(0, 1) }), { code: "quorum" });
  await assert.rejects(eg.combineShares({ tally, shares: [shares[0], shares[0], shares[1]] }), { code: "duplicate" });
  await assert.rejects(eg.combineShares({ tally, shares: shares.slice(0, 2) }), { name: "ElectionGuardError" });
});

/** The tally with one cast ballot taken out of its files. */
const without = (tally, id) => tally.filter((file) => !file.name.endsWith(`_${id}.json`));

test("no share is made of anything but the product of the ballots given", async (t) => {
  const eg = await loaded(t);
  const { guardians, tally } = await voted(eg);
  const [guardian] = guardians;
  const less = without(tally, "b-0");
  await assert.rejects(guardian.share(less), { code: "proof_invalid", path: /^encrypted_tally\.json/ });
  await assert.rejects(guardian.compensate(less, "guardian-2"), { code: "proof_invalid" });
  assert.equal((await guardian.share(less, { trustTally: true })).guardian_id, "guardian-1");
  const { tally: others } = await voted(eg);
  await assert.rejects(guardian.share(others), { name: "ElectionGuardError" });
  assert.equal((await guardian.share(tally)).sequence_order, 1);
});

test("a share can be watched, and is refused when its signal is", async (t) => {
  const eg = await loaded(t);
  const { guardians, tally } = await voted(eg);
  const steps = new Set();
  await guardians[0].share(tally, { onProgress: ({ step }) => steps.add(step) });
  assert.ok(steps.has("ballots") && steps.has("shares"), [...steps].join());
  const signal = AbortSignal.abort(new Error("not now"));
  await assert.rejects(guardians[0].share(tally, { signal }), { message: "not now" });
});

test("a key file opens with its pass phrase alone, however that was typed", async (t) => {
  const eg = await loaded(t);
  const { guardians } = await guardiansOf(eg, 2, 2);
  await exchangeBackups(guardians);
  const sealed = await guardians[0].seal("Caf\u00e9 au lait");
  const opened = await eg.openGuardian(new TextEncoder().encode(sealed), "Cafe\u0301 au lait");
  assert.deepEqual(await opened.about(), await guardians[0].about());
  assert.deepEqual(await opened.record(), await guardians[0].record());
  assert.deepEqual((await opened.about()).backups, [2]);
  await assert.rejects(eg.openGuardian(sealed, "Cafe au lait"), { code: "tampered" });
  const { sequence_order: _, ...cut } = JSON.parse(sealed);
  for (const text of [JSON.stringify({ ...cut, more: 1 }), sealed.slice(0, 50), "", "{}"]) {
    await assert.rejects(eg.openGuardian(text, "Caf\u00e9 au lait"), { name: "ElectionGuardError" });
  }
});

test("false records and backups are refused, and those of another for whom they are not", async (t) => {
  const eg = await loaded(t);
  const { guardians, records } = await guardiansOf(eg, 3, 2);
  const [a, b, c] = guardians;
  const stranger = await eg.createGuardian({ id: "x", sequence_order: 2, number_of_guardians: 3, quorum: 2 });
  const falseProof = changed(records[0], ["coefficient_proofs", 0, "response"], otherDigit);
  await assert.rejects(stranger.takeRecord(falseProof), { code: "proof_invalid" });
  await assert.rejects(a.takeRecord(await stranger.record()), { name: "ElectionGuardError" });
  await assert.rejects(a.takeRecord("{"), { code: "bad_encoding" });
  const backup = await b.makeBackup(1);
  await assert.rejects(c.takeBackup(backup), { name: "ElectionGuardError" });
  await assert.rejects(a.takeBackup(changed(backup, ["encrypted_coordinate", "mac"], otherDigit)), { name: "ElectionGuardError" });
  await assert.rejects(a.compensate([], "nobody"), { code: "not_found", path: "missing" });
  assert.equal(await a.takeBackup(backup), 2);
});

test("a guardian that was closed answers nothing, and the others do", async (t) => {
  const eg = await loaded(t);
  const { guardians } = await guardiansOf(eg, 2, 2);
  await guardians[0].close();
  await guardians[0].close();
  await assert.rejects(guardians[0].seal("correct horse"), { code: "cancelled" });
  assert.equal((await guardians[1].about()).sequence_order, 2);
});
