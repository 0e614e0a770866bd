// Bundles the tests beside it as the page is bundled, and runs them: EXTRA arguments go to node.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..", "..");
const out = join(ROOT, "build", "page-logic");
const tests = readdirSync(HERE).filter((name) => name.endsWith(".test.ts"));

mkdirSync(out, { recursive: true });
await build({
  entryPoints: tests.map((name) => join(HERE, name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  alias: {
    texts: join(ROOT, "apps/page/src/texts/en.ts"),
    electionguard: join(ROOT, "packages/electionguard/src/index.ts"),
  },
  define: { MODULE_WASM: '""', MODULE_SIMD: '""', MODULE_WORKER: '""' },
  logLevel: "warning",
});
const files = tests.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
const done = spawnSync(process.execPath, ["--test", `--test-reporter=${join(ROOT, "tests/package/reporter.mjs")}`, ...files], { stdio: "inherit" });
process.exit(done.status ?? 1);
