// The packed package, installed into an empty folder without network: its example, its types, its size.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE, ROOT } from "./support.mjs";

const BYTES_MAX = 200 * 1024;
const tarball = join(PACKAGE, readdirSync(PACKAGE).find((name) => name.endsWith(".tgz")));
const example = /^```js\n(.*?)^```$/ms.exec(readFileSync(join(PACKAGE, "README.md"), "utf8"))[1];
let folder;

function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "electionguard-"));
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  run("npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball);
});
after(() => rmSync(folder, { recursive: true }));

test("the whole package is within 200 KB", () => {
  assert.ok(statSync(tarball).size <= BYTES_MAX, `${statSync(tarball).size} bytes`);
});

test("it needs no other package, and brings licences", () => {
  assert.deepEqual(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith(".")), ["electionguard"]);
  const { version, dependencies } = JSON.parse(readFileSync(join(folder, "node_modules", "electionguard", "package.json")));
  assert.equal(version, readFileSync(join(ROOT, "VERSION"), "utf8").trim());
  assert.equal(dependencies, undefined);
  for (const name of ["LICENSE", "LICENSES", "README.md"]) {
    assert.match(readFileSync(join(folder, "node_modules", "electionguard", name), "utf8"), /MIT|electionguard/);
  }
});

test("the README's example has ten lines of code and runs", () => {
  assert.equal(example.split("\n").filter((line) => line !== "" && !line.startsWith("import")).length, 9);
  writeFileSync(join(folder, "example.mjs"), example);
  assert.match(run("node", "example.mjs"), /^cast true [0-9A-F]{62,64}\n$/);
});

test("a program with strict types compiles, and runs", () => {
  copyFileSync(join(ROOT, "tests", "package", "consumer.ts"), join(folder, "consumer.ts"));
  const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
  const target = { target: "es2022", module: "nodenext", lib: ["es2022", "dom"], types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...strict, ...target }, files: ["consumer.ts"] }));
  run(join(ROOT, "node_modules", ".bin", "tsc"), "-p", ".");
  const said = run("node", "consumer.js").split("\n");
  assert.deepEqual(said.slice(0, 2), ["true 0", "true Oak 2, Elm 0"]);
  assert.match(said[2], /^proof_invalid at ballot\.code: /);
});

test("the part for browsers imports nothing but its own files", () => {
  const dist = join(folder, "node_modules", "electionguard", "dist");
  const seen = new Set();
  const visit = (name) => {
    if (!seen.has(name)) {
      seen.add(name);
      const text = readFileSync(join(dist, name), "utf8");
      for (const [, from] of text.matchAll(/(?:from|import)\s*"([^"]+)"/g)) {
        assert.match(from, /^\.\/[a-z0-9_]+\.js$/, name);
        visit(from.slice(2));
      }
    }
  };
  visit("index.js");
  visit("worker.js");
  assert.ok(seen.has("zip_directory.js") && !seen.has("node_files.js"));
});
