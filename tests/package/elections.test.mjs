// Elections, and the life of what the package opens.
import assert from "node:assert/strict";
import test from "node:test";
import { changed, electionOf, guardiansOf, isSupported, load, loaded, otherDigit, TREES, vote } from "./support.mjs";

test("an election file is what follows from its manifest and guardians", async (t) => {
  const eg = await loaded(t);
  const { file, election } = await electionOf(eg, TREES, 3, 2);
  assert.equal(file.format, "egserve election 1");
  assert.equal(file.context.number_of_guardians, 3);
  assert.equal(file.context.manifest_hash, election.manifest_hash);
  assert.equal((await eg.checkManifest(TREES)).manifest_hash, election.manifest_hash);
  assert.deepEqual((await eg.checkManifest(file.manifest)).manifest, file.manifest);
});

test("an election file that was changed anywhere is refused", async (t) => {
  const eg = await loaded(t);
  const { file } = await electionOf(eg, TREES, 2, 2);
  const places = [
    [["format"], () => "egserve election 9"],
    [["context", "elgamal_public_key"], (key) => otherDigit(key)],
    [["context", "crypto_extended_base_hash"], otherDigit],
    [["context", "quorum"], () => 1],
    [["guardians", 1, "coefficient_proofs", 0, "response"], otherDigit],
    [["guardians", 1, "sequence_order"], () => 1],
    [["manifest", "contests", 0, "number_elected"], () => 2],
    [["manifest", "end_date"], () => "2027-01-01T00:00:00+00:00"],
  ];
  for (const [path, edit] of places) {
    await assert.rejects(eg.openElection(changed(file, path, edit)), { name: "ElectionGuardError" }, path.join("."));
  }
});

test("what is no election file is refused", async (t) => {
  const eg = await loaded(t);
  for (const text of ["", "{", "[]", "null", '{"format": 1}', '{"format": "a", "format": "b"}', "\ud800"]) {
    await assert.rejects(eg.openElection(text), { name: "ElectionGuardError" }, JSON.stringify(text));
  }
  await assert.rejects(eg.openElection({ format: () => {} }), { code: "bad_type" });
});

test("what was closed is gone, and the rest stays", async (t) => {
  const eg = await loaded(t);
  const { election, file } = await electionOf(eg);
  const other = await eg.openElection(file);
  await election.close();
  await assert.rejects(election.encrypt(vote("b-1", "Oak")), { code: "not_found" });
  assert.ok((await other.encrypt(vote("b-1", "Oak"))).code);
});

test("closing refuses what waits and all that comes", async () => {
  const eg = await load({ workers: 1 });
  const { election, guardians } = await electionOf(eg);
  const waiting = assert.rejects(election.encrypt(vote("b-1", "Oak")), { code: "cancelled" });
  await eg.close();
  await waiting;
  await assert.rejects(election.encrypt(vote("b-1", "Oak")), { code: "cancelled" });
  await assert.rejects(guardians[0].record(), { code: "cancelled" });
  await assert.rejects(eg.createGuardian({}), { code: "cancelled" });
});

test("a kernel that the engine does not run is refused", async () => {
  await assert.rejects(load({ kernel: "avx512" }), { code: "unavailable", path: "kernel" });
});

test("bytes that are no module are refused", async () => {
  const module = { wasm: new Uint8Array(8), simd: new Uint8Array(8), worker: "" };
  await assert.rejects(load({ module }), { name: "ElectionGuardError" });
});

test("this engine is supported", () => {
  assert.deepEqual(isSupported(), { ok: true, missing: [] });
});

test("a false guardian makes no election", async (t) => {
  const eg = await loaded(t);
  const { records } = await guardiansOf(eg, 2, 2);
  const proof = [1, "coefficient_proofs", 1, "challenge"];
  await assert.rejects(eg.createElection({ ...TREES, guardians: changed(records, proof, otherDigit), quorum: 2 }), {
    path: /^guardians\[1\]/,
  });
  await assert.rejects(eg.createElection({ ...TREES, guardians: [records[0], records[0]], quorum: 2 }), { code: "duplicate" });
});
