// Records: every form in which they are given, and files that are none.
import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "node:test";
import { Worker } from "node:worker_threads";
import { unzipSync } from "fflate";
import { share } from "../../build/package/dist/node_files.js";
import { loaded, PACKAGE, readRecord, recordPath } from "./support.mjs";
import { zip } from "./zip.mjs";

const SMALL = "minimal";
const filesOf = (name) => Object.entries(unzipSync(readRecord(name))).filter(([file]) => !file.endsWith("/"));

function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "electionguard-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function unpacked(t, name) {
  const path = folder(t);
  for (const [file, bytes] of filesOf(name)) {
    mkdirSync(join(path, dirname(file)), { recursive: true });
    writeFileSync(join(path, file), bytes);
  }
  return path;
}

/** What is said of it, without what depends on how it was shared out. */
const said = ({ verified, unreadable, fault_total, counts, ballots, steps }) => ({ verified, unreadable, fault_total, counts, ballots, steps });

test("a record verifies in every form, by one worker or several", async (t) => {
  const [one, three] = [await loaded(t, { workers: 1 }), await loaded(t, { workers: 3 })];
  const files = filesOf(SMALL);
  const entries = files.map(([name, bytes]) => ({ name, bytes }));
  const first = said(await one.verifyRecord(recordPath(SMALL)));
  assert.equal(first.verified, true);
  assert.equal(first.ballots.length, 4);
  const forms = [
    recordPath(SMALL),
    unpacked(t, SMALL),
    readRecord(SMALL),
    new Blob([readRecord(SMALL)]),
    entries,
    new Map(files),
    entries.map(({ name, bytes }) => ({ name, bytes: new Blob([bytes]) })),
    zip(entries, { is64: true }),
    zip(entries.map((entry) => ({ ...entry, method: 0 })), { comment: "PK\u0005\u0006 and so on" }),
  ];
  for (const [i, form] of forms.entries()) {
    assert.deepEqual(said(await (i % 2 ? three : one).verifyRecord(form)), first, `form ${i}`);
  }
});

test("records of electionguard-python verify, missing guardians and all", async (t) => {
  const eg = await loaded(t, { workers: 2 });
  for (const [name, ballots] of [["full", 8], ["small_missing", 7]]) {
    const report = await eg.verifyRecord(recordPath(name));
    assert.deepEqual([report.verified, report.faults, report.ballots.length], [true, [], ballots]);
  }
});

test("progress goes up to the end of each step", async (t) => {
  const eg = await loaded(t, { workers: 2 });
  const last = new Map();
  await eg.verifyRecord(recordPath(SMALL), {
    onProgress({ step, done, total }) {
      assert.ok(done <= total, step);
      last.set(step, [done, total]);
    },
  });
  assert.ok(last.has("ballots"));
  assert.deepEqual(last.get("tally"), [last.get("tally")[1], last.get("tally")[1]]);
});

test("an aborted verification is refused with the signal's reason, and the next one runs", async (t) => {
  const eg = await loaded(t, { workers: 2 });
  const stop = new AbortController();
  const reason = new Error("enough");
  const options = { signal: stop.signal, onProgress: () => stop.abort(reason) };
  await assert.rejects(eg.verifyRecord(recordPath("full"), options), reason);
  await assert.rejects(eg.verifyRecord(recordPath(SMALL), { signal: stop.signal }), reason);
  assert.equal((await eg.verifyRecord(recordPath(SMALL))).verified, true);
});

test("faults are named once, whoever of the workers finds them", async (t) => {
  const files = new Map(filesOf(SMALL));
  const ballots = [...files.keys()].filter((name) => name.startsWith("submitted_ballots/"));
  for (const name of ballots) {
    const ballot = JSON.parse(Buffer.from(files.get(name)).toString());
    ballot.contests[0].ballot_selections[0].proof.proof_zero_response = "01";
    files.set(name, Buffer.from(JSON.stringify(ballot)));
  }
  for (const workers of [1, 2, 5]) {
    const report = await (await loaded(t, { workers })).verifyRecord(files);
    assert.equal(report.verified, false);
    assert.equal(report.unreadable, false);
    assert.deepEqual(report.faults.map((fault) => fault.file).sort(), ballots.sort());
    assert.equal(report.fault_total, ballots.length);
    assert.equal(report.steps[report.faults[0].step].faults, ballots.length);
  }
});

const bytes = Buffer.from("{}");
const manifest = { name: "manifest.json", bytes };
const HOSTILE = {
  "is empty": [Buffer.alloc(0), "bad_encoding", /too short/],
  "is of another kind": [Buffer.alloc(5000, "no zip file "), "bad_encoding", /no directory/],
  "was cut": [zip([manifest]).subarray(0, -5), "bad_encoding", /no directory/],
  "lacks its beginning": [zip([manifest]).subarray(5), "bad_encoding", /damaged/],
  "counts more than it has": [zip([manifest], { count: 2 }), "bad_encoding", /damaged/],
  "counts fewer than it has": [zip([manifest, { ...manifest, name: "context.json" }], { count: 1 }), "bad_encoding", /damaged/],
  "names a place beyond": [zip([{ ...manifest, at: 5000 }]), "bad_encoding", /share their bytes/],
  "has entries of the same bytes": [zip([manifest, { ...manifest, name: "context.json", at: 0 }]), "bad_encoding", /share their bytes/],
  "unpacks to too much": [zip([{ name: "manifest.json", bytes: Buffer.alloc(1 << 20) }]), "too_large", /200 times/],
  "declares a file beyond the bound": [zip([{ ...manifest, size: (1 << 30) * 3, packedSize: 1 << 29 }], { is64: true }), "bad_encoding", /share/],
  "has a link": [zip([{ ...manifest, attributes: 0xa1ff0000 }]), "out_of_range", /link/],
  "leads out": [zip([{ ...manifest, name: "../manifest.json" }]), "out_of_range", /leads out/],
  "has a folder that leads out": [zip([{ name: "guardians/../../", bytes: Buffer.alloc(0), method: 0 }]), "out_of_range", /leads out/],
  "has an absolute name": [zip([{ ...manifest, name: "/manifest.json" }]), "out_of_range", /leads out/],
  "has backslashes": [zip([{ ...manifest, name: "guardians\\a.json" }]), "out_of_range", /character/],
  "has a name twice": [zip([manifest, manifest]), "duplicate", /two files/],
  "has a name that is no text": [zip([{ ...manifest, name: Buffer.from([0xff, 0xfe]) }]), "out_of_range", /UTF-8/],
};
for (const [what, [file, code, message]] of Object.entries(HOSTILE)) {
  test(`a file that ${what} is refused`, async (t) => {
    await assert.rejects((await loaded(t)).verifyRecord(file), { name: "ElectionGuardError", code, message });
  });
}

const DAMAGED = {
  "is encrypted": { flags: 1 },
  "is packed in an unknown way": { method: 12, packed: bytes },
  "has another sum": { crc: 1 },
  "unpacks to more than declared": { size: 1 },
  "unpacks to less than declared": { size: 3 },
  "is no stream": { packed: Buffer.from([7, 7, 7]) },
};
for (const [what, entry] of Object.entries(DAMAGED)) {
  test(`a record with a file that ${what} is unreadable there`, async (t) => {
    const report = await (await loaded(t)).verifyRecord(zip([{ ...manifest, ...entry }]));
    assert.equal(report.verified, false);
    const faults = report.faults.filter((fault) => fault.file === "manifest.json");
    assert.match(faults[0].message, /cannot be read/);
  });
}

test("what is no record has faults that say what is missing", async (t) => {
  const report = await (await loaded(t)).verifyRecord(zip([]));
  assert.equal(report.verified, false);
  assert.ok(report.faults.some((fault) => fault.path === "manifest.json"));
});

test("paths that lead nowhere, and folders with more than files, are refused", async (t) => {
  const eg = await loaded(t);
  await assert.rejects(eg.verifyRecord(join(folder(t), "none.zip")), { code: "not_found" });
  const record = unpacked(t, SMALL);
  symlinkSync("/etc/hostname", join(record, "guardians", "guardian_2.json"));
  await assert.rejects(eg.verifyRecord(record), { code: "out_of_range", path: "guardians/guardian_2.json" });
});

test("a file that is not the one that was looked at any more is refused", async (t) => {
  const path = join(folder(t), "record.zip");
  writeFileSync(path, readRecord(SMALL));
  const record = await share(path);
  const worker = new Worker(new URL("../../build/package/dist/node_worker.js", import.meta.url));
  t.after(() => worker.terminate());
  const ask = async (message) => {
    worker.postMessage(message);
    return (await once(worker, "message"))[0];
  };
  const [wasm, simd] = ["electionguard", "simd128"].map((name) => readFileSync(join(PACKAGE, "dist", `${name}.wasm`)));
  assert.equal((await ask({ wasm, simd, kernel: undefined })).kind, "answer");
  writeFileSync(path, readRecord(SMALL)); // of the same size
  const { kind, failure } = await ask({ id: 1, name: "record.verify", request: {}, record });
  assert.deepEqual([kind, failure.code], ["failure", "unavailable"]);
  assert.match(failure.message, /changed/);
});

test("a file of five gigabytes is read piece by piece", async (t) => {
  const base = 5 * 2 ** 30;
  const path = join(folder(t), "large.zip");
  const entries = filesOf(SMALL).map(([name, content]) => ({ name, bytes: content }));
  writeFileSync(path, "");
  truncateSync(path, base); // a hole, which takes no room
  appendFileSync(path, zip(entries, { is64: true, base }));
  const eg = await loaded(t);
  assert.equal((await eg.verifyRecord(path)).verified, true);
  truncateSync(path, base);
  await assert.rejects(eg.verifyRecord(path), { code: "bad_encoding", message: /no directory/ });
  assert.ok(process.memoryUsage().rss < 2 ** 30);
});
