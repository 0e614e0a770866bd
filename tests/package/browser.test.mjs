// The package as a browser loads it: a module of a page, its worker and files fetched from beside it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { PACKAGE, readRecord } from "./support.mjs";

const PAGE = `<!doctype html><script type="module">
  import { ElectionGuardError, isSupported, load } from "/dist/index.js";
  async function run() {
    const eg = await load({ workers: 2 });
    const { kernel } = await eg.info();
    const guardian = await eg.createGuardian({ id: "Ada", sequence_order: 1, number_of_guardians: 1, quorum: 1 });
    const guardians = [await guardian.record()];
    const election = await eg.openElection(await eg.createElection({ party_names: [], candidate_names: ["Oak", "Elm"], guardians, quorum: 1 }));
    const contests = [{ object_id: "contest-1", ballot_selections: [{ object_id: "Elm", vote: 1 }] }];
    const cast = async (object_id) => election.cast((await election.encrypt({ object_id, style_id: "ballot-style-1", contests })).ballot);
    const tally = await election.tally([await cast("b-1"), await cast("b-2")]);
    const made = await eg.verifyRecord([...tally, ...(await eg.combineShares({ tally, shares: [await guardian.share(tally)] }))]);
    const blob = await (await fetch("/record.zip")).blob();
    const report = await eg.verifyRecord(blob);
    const bytes = await eg.verifyRecord(new Uint8Array(await blob.arrayBuffer()));
    const stop = new AbortController();
    const aborted = await eg.verifyRecord(blob, { signal: stop.signal, onProgress: () => stop.abort() }).catch((fault) => fault.name);
    const refused = await eg.verifyRecord(new Blob(["no zip file"])).catch((fault) => fault instanceof ElectionGuardError && fault.code);
    const path = await eg.verifyRecord("/record.zip").catch((fault) => fault.code);
    await eg.close();
    return { supported: isSupported(), kernel, made: made.verified, votes: made.counts.map(({ votes }) => votes),
             report: [report.verified, report.ballots.length], bytes: bytes.verified, aborted, refused, path };
  }
  const said = await run().catch((fault) => ({ fault: String(fault.stack ?? fault) }));
  await fetch("/said", { method: "POST", body: JSON.stringify(said) });
</script>`;

const POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const TYPES = { js: "text/javascript", wasm: "application/wasm" };

/** Answers the page and the package; what the page says is the promise's. */
async function served(t) {
  let take;
  const said = new Promise((resolve) => (take = resolve));
  const server = createServer(async (request, response) => {
    response.setHeader("Content-Security-Policy", POLICY);
    const [, name, end] = /^\/dist\/([a-z0-9_]+\.(js|wasm))$/.exec(request.url) ?? [];
    if (request.url === "/said") {
      const pieces = await request.toArray();
      take(JSON.parse(Buffer.concat(pieces)));
      response.end();
    } else if (name) {
      response.setHeader("Content-Type", TYPES[end]);
      response.end(readFileSync(join(PACKAGE, "dist", name)));
    } else if (request.url === "/record.zip") {
      response.end(readRecord("minimal"));
    } else {
      response.setHeader("Content-Type", "text/html");
      response.end(PAGE);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.closeAllConnections(), server.close()));
  return { url: `http://127.0.0.1:${server.address().port}/`, said };
}

function browse(t, url) {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-gpu"];
  const browser = spawn("chromium", ["--headless", "--no-sandbox", "--disable-dev-shm-usage", ...quiet, `--user-data-dir=${profile}`, url], { stdio: "ignore", detached: true });
  t.after(async () => {
    const ended = once(browser, "exit");
    process.kill(-browser.pid, "SIGKILL"); // all of its processes, which would go on writing into the folder
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
}

test("an election, records in every form and refusals, in a browser under a strict policy", { timeout: 120_000 }, async (t) => {
  const { url, said } = await served(t);
  browse(t, url);
  assert.deepEqual(await said, {
    supported: { ok: true, missing: [] },
    kernel: "simd128",
    made: true,
    votes: [0, 2],
    report: [true, 4],
    bytes: true,
    aborted: "AbortError",
    refused: "bad_encoding",
    path: "bad_type",
  });
});
