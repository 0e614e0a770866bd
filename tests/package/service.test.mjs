// Elections between the package, the service and the commands: each takes what the others make.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { unzipSync } from "fflate";
import { egserve, fieldsOf, post, service } from "./egserve.mjs";
import { changed, electionOf, loaded, otherDigit, vote } from "./support.mjs";
import { zip } from "./zip.mjs";

const NAMES = { party_names: ["Green", "Blue"], candidate_names: ["Oak", "Elm", "Fir", "Ash"], max_choices: 2 };

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "electionguard-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("the service takes the package's ballots, of either kernel, and the package the service's", async (t) => {
  const url = await service(t);
  const [simd, plain] = [await loaded(t, { kernel: "simd128" }), await loaded(t, { kernel: "portable" })];
  const { election, file } = await electionOf(simd, NAMES, 3, 2);
  const other = await plain.openElection(file);
  const fields = fieldsOf(file, NAMES);
  const ballots = [];
  for (const [i, chosen] of [["Oak"], ["Oak", "Ash"], [], ["Elm"]].entries()) {
    ballots.push((i % 2 ? election : other).encrypt(vote(`b-${i}`, ...chosen)));
  }
  const cast = (await Promise.all(ballots)).map(({ ballot }) => election.cast(ballot));

  const judged = await post(url, "/verify_ballots", { ...fields, encrypted_ballots: cast });
  assert.equal(judged.status, 200, JSON.stringify(judged.body));
  assert.ok(judged.body.ballots.every((one) => one.verified === true || one.status === "good"), JSON.stringify(judged.body));

  const request = { ...fields, encrypted_ballots: cast, verify_ballots: true };
  const tally = await post(url, "/create_encrypted_tally", request);
  assert.equal(tally.status, 200, JSON.stringify(tally.body));
  const own = (await election.tally(cast)).find(({ name }) => name === "encrypted_tally.json");
  const sums = ({ contests }) => Object.entries(contests["contest-1"].selections).map(([id, { ciphertext }]) => [id, ciphertext]);
  const theirs = tally.body.ciphertext_tally;
  assert.deepEqual(sums(JSON.parse(Buffer.from(own.bytes))), sums(typeof theirs === "string" ? JSON.parse(theirs) : theirs));

  const bad = changed(cast, [1, "contests", 0, "ballot_selections", 0, "proof", "proof_one_response"], otherDigit);
  const refused = await post(url, "/create_encrypted_tally", { ...request, encrypted_ballots: bad });
  assert.deepEqual([refused.status, refused.body.code], [400, "proof_invalid"]);

  const made = await post(url, "/create_encrypted_ballot", { ...fields, ballot_id: "s-1", candidate_names_to_vote: ["Fir"] });
  const ballot = (await post(url, "/decode_artifact_to_json", { payload: made.body.encrypted_ballot_with_nonce })).body.decoded;
  assert.ok((await election.verify(ballot)).code);
  const opened = (await election.challenge(ballot)).ballot.contests[0].ballot_selections;
  assert.deepEqual(opened.filter((one) => one.vote === 1).map((one) => one.object_id), ["Fir"]);
});

test("the service opens the package's ballots where their voters challenge them", async (t) => {
  const url = await service(t);
  const { election, file } = await electionOf(await loaded(t), NAMES, 1, 1);
  const { withNonces } = await election.encrypt(vote("b-1", "Ash", "Fir"), { keepNonces: true });
  const request = { ...fieldsOf(file, NAMES), encrypted_ballot_with_nonce: withNonces };
  const right = await post(url, "/benaloh_challenge", { ...request, candidate_names_to_verify: ["Fir", "Ash"] });
  assert.deepEqual([right.status, right.body.match], [200, true], JSON.stringify(right.body));
  const wrong = await post(url, "/benaloh_challenge", { ...request, candidate_names_to_verify: ["Oak"] });
  assert.deepEqual([wrong.status, wrong.body.match], [200, false]);
});

/** What both say of a record, in one form; the command calls the message `text`. */
function saidBy(report) {
  const faults = report.faults.map(({ step, file, path, message, text }) => [step, file, path, message ?? text].join("|")).sort();
  return { verified: report.verified, faults, steps: report.steps.map(({ checked, faults: found }) => [checked, found]) };
}

const CHANGES = {
  "a ballot's proof": ["submitted_ballots/submitted_ballot_b-2.json", ["contests", 0, "ballot_selections", 1, "proof", "proof_zero_response"]],
  "a ciphertext": ["submitted_ballots/submitted_ballot_b-3.json", ["contests", 0, "ballot_selections", 0, "ciphertext", "data"]],
  "a code": ["submitted_ballots/submitted_ballot_b-1.json", ["code"]],
  "a guardian's commitment": ["guardians/guardian_2.json", ["election_commitments", 1]],
  "a share": ["tally.json", ["contests", "contest-1", "selections", "Bob", "shares", 0, "share"]],
  "the tally": ["encrypted_tally.json", ["contests", "contest-1", "selections", "Ann", "ciphertext", "pad"]],
  "the election's key": ["context.json", ["elgamal_public_key"]],
};

test("records of the command verify, and changed ones have the faults that it names", async (t) => {
  const url = await service(t);
  const path = folder(t);
  writeFileSync(join(path, "b.csv"), "ballot_id,c\nb-1,Ann\nb-2,Bob\nb-3,Ann\nb-4,Eve\nb-5,\n");
  const done = egserve(
    [
      "election", "run", `--url=${url}`, "--ballots=b.csv", "--out=out", "--record=record.zip", "--candidates=Ann,Bob,Eve",
      "--guardians=3", "--quorum=2", "--missing=1", "--spoil=b-4", "--quiet",
    ], // prettier-ignore
    { folder: path },
  );
  assert.equal(done.status, 0, done.stderr);
  const eg = await loaded(t, { workers: 2 });
  const report = await eg.verifyRecord(join(path, "record.zip"));
  assert.deepEqual([report.verified, report.faults], [true, []]);
  assert.deepEqual(report.counts.map(({ candidate, votes }) => [candidate, votes]), [["Ann", 2], ["Bob", 1], ["Eve", 0]]);
  assert.equal(report.ballots.find(({ id }) => id === "b-4").counted, false);

  const files = unzipSync(readFileSync(join(path, "record.zip")));
  for (const [what, [name, place]] of Object.entries(CHANGES)) {
    const text = JSON.stringify(changed(JSON.parse(Buffer.from(files[name])), place, otherDigit));
    const entries = Object.entries({ ...files, [name]: Buffer.from(text) }).map(([file, bytes]) => ({ name: file, bytes }));
    const tampered = join(path, "tampered.zip");
    writeFileSync(tampered, zip(entries));
    const command = JSON.parse(egserve(["verify", tampered, "--json", "--quiet"]).stdout);
    const own = await eg.verifyRecord(tampered);
    assert.equal(own.verified, false, what);
    assert.deepEqual(saidBy(own), saidBy(command), what);
  }
});

test("an election whose guardians and voters use the package and the command, at a service that sees nothing", async (t) => {
  const url = await service(t, "--public-only");
  const path = folder(t);
  const eg = await loaded(t, { workers: 2 });
  const passphrase = "a pass phrase of the second";
  const command = (...args) => {
    const done = egserve(["guardian", ...args, "--key=guardian-2.key", "--quiet"], { folder: path, passphrase });
    assert.equal(done.status, 0, done.stderr);
  };
  const put = (name, object) => writeFileSync(join(path, name), JSON.stringify(object));
  const read = (name) => readFileSync(join(path, name), "utf8");
  const own = (id, sequence_order) => eg.createGuardian({ id, sequence_order, number_of_guardians: 3, quorum: 2 });

  const [ada, eve] = [await own("ada", 1), await own("eve", 3)];
  command("new", "--id=bob", "--order=2", "--guardians=3", "--quorum=2");
  put("record-1.json", await ada.record());
  command("record");
  put("record-3.json", await eve.record());
  for (const guardian of [ada, eve]) {
    for (const order of [1, 2, 3]) {
      await guardian.takeRecord(read(`record-${order}.json`));
    }
  }
  command("backups", ".");
  for (const [guardian, from] of [[ada, 1], [eve, 3]]) {
    for (const to of [1, 2, 3].filter((order) => order !== from)) {
      put(`backup-${from}-${to}.json`, await guardian.makeBackup(to));
    }
  }
  command("receive", ".");
  for (const [guardian, to] of [[ada, 1], [eve, 3]]) {
    for (const from of [1, 2, 3].filter((order) => order !== to)) {
      assert.equal(await guardian.takeBackup(read(`backup-${from}-${to}.json`)), from);
    }
  }

  const common = ["--guardians-from=.", "--guardians=3", "--quorum=2", "--candidates=Ann,Bob,Cid", "--wait=0"];
  const setup = egserve(["election", "setup", ...common], { folder: path });
  assert.equal(setup.status, 0, setup.stderr);
  const election = await eg.openElection(read("election.json"));
  const votes = ["Ann", "Cid", "Ann", "Bob", "Ann"];
  const made = await Promise.all(votes.map((name, i) => election.encrypt(vote(`b-${i}`, name))));
  const ballots = made.map(({ ballot }, i) => (i === 3 ? election.spoil(ballot) : election.cast(ballot)));
  writeFileSync(join(path, "ballots.jsonl"), ballots.map((ballot) => `${JSON.stringify(ballot)}\n`).join(""));

  const run = ["election", "run", ...common, `--url=${url}`, "--encrypted=ballots.jsonl", "--out=out", "--record=record.zip"];
  assert.equal(egserve(run, { folder: path }).status, 1); // it awaits shares
  const tally = join(path, "tally.zip");
  put("share-1.json", await ada.share(tally));
  put("share-3-by-1.json", await ada.compensate(tally, "eve"));
  command("share", "tally.zip");
  command("compensate", "tally.zip", "--for=eve");
  const ended = egserve(run, { folder: path });
  assert.equal(ended.status, 0, ended.stderr);

  const report = await eg.verifyRecord(join(path, "record.zip"));
  assert.deepEqual([report.verified, report.faults], [true, []]);
  assert.deepEqual(report.counts.map(({ votes: count }) => count), [3, 0, 1]);
  assert.equal(egserve(["verify", "record.zip", "--quiet"], { folder: path }).status, 0);

  const shares = ["share-1.json", "share-2.json"].map((name) => JSON.parse(read(name)));
  const compensated = ["share-3-by-1.json", "share-3-by-2.json"].map((name) => JSON.parse(read(name)));
  const combined = await eg.combineShares({ tally, shares, compensated });
  const published = Object.entries(unzipSync(readFileSync(tally))).map(([name, bytes]) => ({ name, bytes }));
  assert.equal((await eg.verifyRecord([...published, ...combined])).verified, true);
});

test("a key file is one for the package and the command", async (t) => {
  const path = folder(t);
  const eg = await loaded(t);
  const passphrase = "Caf\u00e9 cr\u00e8me";
  const guardian = await eg.createGuardian({ id: "ada", sequence_order: 1, number_of_guardians: 2, quorum: 2 });
  writeFileSync(join(path, "a.key"), await guardian.seal(passphrase), { mode: 0o600 });
  const shown = egserve(["guardian", "show", "--key=a.key", "--json"], { folder: path, passphrase: passphrase.normalize("NFD") });
  assert.equal(shown.status, 0, shown.stderr);
  assert.ok(shown.stdout.includes((await guardian.about()).fingerprint), shown.stdout);
  const made = ["guardian", "new", "--id=bob", "--order=2", "--guardians=2", "--quorum=2", "--key=b.key", "--quiet"];
  assert.equal(egserve(made, { folder: path, passphrase }).status, 0);
  const opened = await eg.openGuardian(readFileSync(join(path, "b.key")), passphrase);
  assert.equal((await opened.about()).id, "bob");
  await assert.rejects(eg.openGuardian(readFileSync(join(path, "b.key")), "another one"), { code: "tampered" });
});
