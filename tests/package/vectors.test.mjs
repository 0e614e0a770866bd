// The known answers of tests/data/vectors, by the module's own objects under either kernel.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { ROOT } from "./support.mjs";
import { runVectors } from "./vectors_host.mjs";

const DATA = process.env.VECTORS ?? join(ROOT, "build", "vectors");
const LEFT_OUT = "ml_kem.json"; // 62 of 762: credentials are the service's
const ANSWERS = 700;

/** The files of answers, but those that the module has nothing for. */
function folder(t) {
  const path = mkdtempSync(join(tmpdir(), "vectors-"));
  t.after(() => rmSync(path, { recursive: true }));
  for (const name of readdirSync(DATA).filter((name) => name.endsWith(".json") && name !== LEFT_OUT)) {
    copyFileSync(join(DATA, name), join(path, name));
  }
  return path;
}

for (const kernel of ["portable", "simd128"]) {
  test(`${ANSWERS} known answers with the kernel ${kernel}`, (t) => {
    const run = runVectors(join(ROOT, "build", "package-vectors", `${kernel}.wasm`), folder(t));
    assert.equal(run.said, `${ANSWERS} passed, 0 failed\n`);
    assert.deepEqual([run.status, run.kernel], [0, kernel]);
  });
}
