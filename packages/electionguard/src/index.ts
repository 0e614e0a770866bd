/** ElectionGuard in browsers. */
import type { ElectionGuard, LoadOptions } from "./api.js";
import { browser } from "./browser.js";
import { loadOn } from "./electionguard.js";
import { support } from "./support.js";

export * from "./exports.js";

/** Whether this browser can run it, and what it lacks: no side effects. */
export function isSupported(): { ok: boolean; missing: string[] } {
  return support([["Worker", () => typeof Worker === "function"]]);
}

/** Starts a worker and the module in it. */
export function load(options: LoadOptions = {}): Promise<ElectionGuard> {
  const start = () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  return loadOn(browser(options.module, start, import.meta.url), options);
}
