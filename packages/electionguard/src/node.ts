/** ElectionGuard in Node.js. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { ElectionGuard, LoadOptions } from "./api.js";
import { loadOn } from "./electionguard.js";
import { share } from "./node_files.js";
import type { Platform, WorkerEvents, WorkerHandle } from "./platform.js";
import { support } from "./support.js";

export * from "./exports.js";

/** Whether this engine can run it, and what it lacks: no side effects. */
export function isSupported(): { ok: boolean; missing: string[] } {
  return support([]);
}

function startWorker(events: WorkerEvents): WorkerHandle {
  // flags of the program's own, as --input-type, are not for its workers
  const worker = new Worker(new URL("./node_worker.js", import.meta.url), { execArgv: [] });
  worker.on("message", events.reply);
  worker.on("error", (fault) => events.lost(fault.message));
  worker.on("exit", () => events.lost("its thread is over"));
  return {
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
    hold: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
  };
}

function node(module: LoadOptions["module"]): Platform {
  const own = (name: string) => readFile(new URL(name, import.meta.url));
  return {
    processors: availableParallelism,
    startWorker,
    async moduleBytes() {
      return module ?? { wasm: await own("./electionguard.wasm"), simd: await own("./simd128.wasm") };
    },
    share,
    close: () => {},
  };
}

/** Starts a worker and the module in it. The program does not wait for workers that have nothing to do. */
export function load(options: LoadOptions = {}): Promise<ElectionGuard> {
  return loadOn(node(options.module), options);
}
