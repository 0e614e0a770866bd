// Files and texts: what they are taken for.
import assert from "node:assert/strict";
import test from "node:test";
import { isZip, kindOf } from "../../../apps/page/src/files/kinds";
import { readJson } from "../../../apps/page/src/files/read";
import { nameFor } from "../../../apps/page/src/files/save";
import { faultsOf } from "../../../apps/page/src/guardian/key_form";
import { senderOf } from "../../../apps/page/src/guardian/sender";
import { textOf } from "../../../apps/page/src/parts/text_of";
import { search } from "../../../apps/page/src/verify/search";

const file = (name: string, ...parts: BlobPart[]): File => new File(parts, name);
const refusal = (given: File, kind: Parameters<typeof readJson>[1]) => readJson(given, kind).then(() => "", (e: Error) => e.message);

test("a file of another kind is called by its name", () => {
  const kinds = {
    election: { format: "egserve election 1" },
    key: { format: "egserve guardian key 1" },
    record: { owner_id: "g", coefficient_commitments: [] },
    backup: { owner_id: "g", designated_id: "h" },
    share: { guardian_id: "g", tally_share: {} },
    compensated: { guardian_id: "g", missing_guardian_id: "h", tally_share: {} },
    ballot: { object_id: "b", style_id: "s", code: "0" },
    manifest: { election_scope_id: "e", contests: [] },
    context: { elgamal_public_key: "0", quorum: 1 },
    other: { hello: "world" },
  };
  for (const [kind, value] of Object.entries(kinds)) {
    assert.equal(kindOf(value), kind);
  }
  for (const value of [null, 1, "text", []]) {
    assert.equal(kindOf(value), "other");
  }
});

test("what cannot be the file is refused by its first bytes, size, text and kind", async () => {
  assert.match(await refusal(file("a", ""), "record"), /is empty/);
  assert.match(await refusal(file("a", new Uint8Array([0x50, 0x4b, 3, 4])), "record"), /is a zip file/);
  assert.match(await refusal(file("a", new Uint8Array(1_000_001)), "record"), /1 MB; files of this kind have at most 1 MB/);
  assert.match(await refusal(file("a", new Uint8Array([0xff])), "record"), /no text file/);
  assert.match(await refusal(file("a", '{"owner_id": '), "record"), /is not complete/);
  assert.match(await refusal(file("a", '{"election_scope_id": "e", "contests": []}'), "record"), /manifest alone.*a guardian's record/);
  assert.equal(await refusal(file("a", '{"owner_id": "g", "coefficient_commitments": []}'), "record"), "");
});

test("only what begins as a zip file is one", () => {
  assert.equal(isZip(new Uint8Array([0x50, 0x4b, 3, 4])), true);
  assert.equal(isZip(new Uint8Array([0x50, 0x4b, 5, 6])), true);
  assert.equal(isZip(new Uint8Array([0x50, 0x4b])), false);
  assert.equal(isZip(new Uint8Array()), false);
});

test("a name for a file, whatever the id", () => {
  assert.equal(nameFor("voter 17"), "voter 17");
  assert.equal(nameFor('a/b\\c:d*e?f"g<h>i|j\n'), "a_b_c_d_e_f_g_h_i_j_");
  assert.equal(nameFor("../x"), "__x");
});

test("a new key's form", () => {
  const good = { id: "g", order: "2", count: "3", quorum: "2", phrase: "twelve bytes", again: "twelve bytes" };
  assert.deepEqual(faultsOf(good), {});
  const bad = (change: Partial<typeof good>) => Object.keys(faultsOf({ ...good, ...change }));
  assert.deepEqual(bad({ id: "" }), ["id"]);
  assert.deepEqual(bad({ order: "4" }), ["order"]);
  assert.deepEqual(bad({ order: "0" }), ["order"]);
  assert.deepEqual(bad({ count: "101" }), ["count"]);
  assert.deepEqual(bad({ count: "1" }), ["order", "quorum"]);
  assert.deepEqual(bad({ quorum: "1.5" }), ["quorum"]);
  assert.deepEqual(bad({ phrase: "eleven byte", again: "eleven byte" }), ["phrase"]);
  // counted as they are sealed: in bytes of normalisation form C
  assert.deepEqual(bad({ phrase: "e\u0308".repeat(6), again: "e\u0308".repeat(6) }), []);
  assert.deepEqual(bad({ phrase: "e\u0308".repeat(5), again: "e\u0308".repeat(5) }), ["phrase"]);
  assert.deepEqual(bad({ phrase: "x".repeat(1025), again: "x".repeat(1025) }), ["phrase"]);
  assert.deepEqual(bad({ again: "another one!" }), ["again"]);
});

test("the sender of a backup", () => {
  assert.equal(senderOf('{"owner_id": "g"}'), "g");
  assert.equal(senderOf('{"owner_id": 7}'), null);
  assert.equal(senderOf("{"), null);
});

test("a name in the reader's language, else in any", () => {
  const text = { text: [{ value: "Hello", language: "en" }, { value: "Hola", language: "es" }, { value: " ", language: "de" }] };
  assert.equal(textOf(text, ["es-MX", "en"])?.value, "Hola");
  assert.equal(textOf(text, ["de", "EN-gb"])?.value, "Hello");
  assert.equal(textOf(text, ["fr"])?.value, "Hello");
  assert.equal(textOf("Plain", ["fr"])?.value, "Plain");
  for (const nothing of [null, undefined, "", { text: [] }, { text: [{ value: 7 }] }, 7]) {
    assert.equal(textOf(nothing, ["en"]), null);
  }
});

test("codes are found however they are typed", () => {
  const ballots = [
    { id: "b-1", code: "AB12CD" },
    { id: "voter 2", code: "FF00EE" },
  ];
  const ids = (wanted: string) => search(ballots, wanted).map((ballot) => ballot.id);
  assert.deepEqual(ids("ab12 cd"), ["b-1"]);
  assert.deepEqual(ids("f-f0 0"), ["voter 2"]);
  assert.deepEqual(ids("Voter2"), ["voter 2"]);
  assert.deepEqual(ids(" "), []);
  assert.deepEqual(ids("77"), []);
});
