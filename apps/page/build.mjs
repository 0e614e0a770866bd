// Makes the page: every part of it in one file, and a policy that admits these parts and nothing else.
//
//   node apps/page/build.mjs --out FILE --wasm FOLDER --version TEXT [--cast-url URL] [--language en]
//
// The same sources and module give the same bytes.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { castTarget } from "./cast_url.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..");
const PACKAGE = join(ROOT, "packages", "electionguard", "src");
const { values: given } = parseArgs({
  options: {
    out: { type: "string" },
    wasm: { type: "string" },
    version: { type: "string" },
    "cast-url": { type: "string", default: "" },
    language: { type: "string", default: "en" },
  },
});

// one line for whoever calls make
process.on("uncaughtException", (error) => {
  console.error(error.message);
  process.exit(1);
});

const texts = join(HERE, "src", "texts", `${given.language}.ts`);
const common = {
  bundle: true,
  write: false,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  target: "es2022",
  define: { "import.meta.url": `"about:blank"` }, // nothing is fetched beside it
  absWorkingDir: ROOT,
  logLevel: "warning",
};

async function bundled(entry, options) {
  const define = { ...common.define, ...options.define };
  const made = await build({ ...common, entryPoints: [entry], format: "iife", ...options, define });
  return made.outputFiles[0].text.trim();
}

function style() {
  const folder = join(HERE, "style");
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}

async function script(worker, castUrl) {
  const base64 = (name) => readFileSync(join(given.wasm, name)).toString("base64");
  return bundled(join(HERE, "src", "main.tsx"), {
    alias: { electionguard: join(PACKAGE, "index.ts"), texts },
    jsx: "automatic",
    jsxImportSource: "preact",
    define: {
      MODULE_WASM: JSON.stringify(base64("electionguard.wasm")),
      MODULE_SIMD: JSON.stringify(base64("simd128.wasm")),
      MODULE_WORKER: JSON.stringify(worker),
      CAST_URL: JSON.stringify(castUrl),
      PAGE_VERSION: JSON.stringify(given.version),
    },
  });
}

async function textsOf(file) {
  const source = await bundled(file, { format: "esm" });
  return (await import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`)).default;
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function policy(styleText, scriptText, cast) {
  return [
    "default-src 'none'",
    `script-src ${hash(scriptText)} 'wasm-unsafe-eval'`,
    `style-src ${hash(styleText)}`,
    "worker-src blob:",
    "img-src data:",
    `connect-src ${cast === null ? "'none'" : cast.source}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

// Licences of what is inside: a comment at the end of the page.
function licences() {
  const parts = [join(HERE, "licences.txt"), join(ROOT, "node_modules/preact/LICENSE"), join(ROOT, "node_modules/fflate/LICENSE"), join(ROOT, "LICENSE")];
  return parts.map((file) => readFileSync(file, "utf8").trim()).join("\n\n");
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

if (!existsSync(texts)) {
  throw new Error(`there is no ${texts}`);
}
const cast = castTarget(given["cast-url"]);
const words = await textsOf(texts);
const parts = { style: style() };
parts.script = await script(await bundled(join(PACKAGE, "worker.ts"), {}), cast === null ? "" : cast.url);
const page = readFileSync(join(HERE, "index.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => {
  switch (name) {
    case "style":
    case "script":
      return parts[name];
    case "policy":
      return policy(parts.style, parts.script, cast);
    case "licences":
      return licences();
    case "lang":
      return given.language;
    case "title":
      return escaped(words.title);
    default:
      return escaped(words.start[name]);
  }
});
mkdirSync(dirname(given.out), { recursive: true });
writeFileSync(given.out, page);
