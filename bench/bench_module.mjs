// The npm package beside itself: the kernel with SIMD against the portable one, in Node.js.
//
//   node bench/bench_module.mjs [--rounds N] [--ballots N]
//
// Both take turns, round after round, so that whatever else the machine does falls on both alike. The output is a table in
// Markdown: medians, and their ratios.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { egserve, service } from "../tests/package/egserve.mjs";
import { electionOf, load, ROOT, TREES, vote } from "../tests/package/support.mjs";

const PRODUCTS = 4000;
const { values: given } = parseArgs({ options: { rounds: { type: "string", default: "15" }, ballots: { type: "string", default: "100" } } });
const rounds = Number(given.rounds);
const KERNELS = ["simd128", "portable"];

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Each kernel's median of `count` turns; one before them is not counted. */
async function medians(work, count = rounds) {
  const times = { simd128: [], portable: [] };
  for (let round = -1; round < count; round++) {
    for (const kernel of KERNELS) {
      const ms = await timed(() => work(kernel));
      if (round >= 0) {
        times[kernel].push(ms);
      }
    }
  }
  return { simd128: median(times.simd128), portable: median(times.portable) };
}

function row(name, unit, { simd128, portable }) {
  const shown = (value) => value.toPrecision(3);
  console.log(`| ${name} | ${shown(simd128)} ${unit} | ${shown(portable)} ${unit} | ${(portable / simd128).toFixed(2)} |`);
}

async function products() {
  const bytes = readFileSync(join(ROOT, "build", "package-vectors", "products.wasm"));
  const nothing = new Proxy({}, { get: () => () => 8 }); // of WASI nothing is called
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasi_snapshot_preview1: nothing });
  exports._initialize();
  const times = await medians((kernel) => exports.products(kernel === "simd128" ? 1 : 0, PRODUCTS));
  const us = (kernel, isSimd) => (1000 * times[kernel]) / PRODUCTS / exports.lanes(isSimd);
  row("a product mod p", "us", { simd128: us("simd128", 1), portable: us("portable", 0) });
}

async function ballots(loaded) {
  const elections = {};
  const { file } = await electionOf(loaded.simd128, TREES, 3, 2);
  for (const kernel of KERNELS) {
    elections[kernel] = await loaded[kernel].openElection(file);
  }
  const made = {};
  const encrypting = await medians(async (kernel) => {
    made[kernel] = (await elections[kernel].encrypt(vote("b-1", "Elm"))).ballot;
  });
  row("a ballot of four candidates encrypted", "ms", encrypting);
  row("verified", "ms", await medians((kernel) => elections[kernel].verify(made[kernel])));
}

/** An election of so many ballots at a service; its record. */
async function recordOf(count, folder, url) {
  const names = TREES.candidate_names;
  const lines = Array.from({ length: count }, (_, i) => `b-${i},${names[i % names.length]}\n`);
  writeFileSync(join(folder, "ballots.csv"), `ballot_id,choice\n${lines.join("")}`);
  const files = ["--ballots=ballots.csv", "--out=out", "--record=record.zip", "--quiet"];
  const done = egserve(["election", "run", `--url=${url}`, `--candidates=${names.join()}`, ...files], { folder });
  if (done.status !== 0) {
    throw new Error(done.stderr);
  }
  return join(folder, "record.zip");
}

async function records(loaded, folder, url) {
  const path = await recordOf(Number(given.ballots), folder, url);
  const verifying = await medians(async (kernel) => {
    const report = await loaded[kernel].verifyRecord(path);
    if (!report.verified) {
      throw new Error("the record does not verify");
    }
  }, Math.min(rounds, 5));
  row(`a record of ${given.ballots} ballots verified, two workers`, "ms", verifying);
}

const cleaning = [];
const ends = { after: (clean) => cleaning.push(clean) };
try {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  ends.after(() => rmSync(folder, { recursive: true }));
  const loaded = {};
  for (const kernel of KERNELS) {
    loaded[kernel] = await load({ workers: 2, kernel });
    ends.after(() => loaded[kernel].close());
  }
  console.log(`Node.js ${process.version}, medians of ${rounds} rounds\n\n| | simd128 | portable | ratio |\n|---|---|---|---|`);
  await products();
  await ballots(loaded);
  await records(loaded, folder, await service(ends));
} finally {
  for (const clean of cleaning.reverse()) {
    await clean();
  }
}
