/** Within a worker: the module, and the calls that arrive one after another. */
import { ElectionGuardError } from "./error.js";
import type { Call, Failure, Reply, Start } from "./messages.js";
import { Module, type ModuleHost } from "./module.js";
import { openRecord, type OpenBytes, type OpenRecord } from "./shared_record.js";

const TOLD_EVERY_MS = 50;

function failureOf(fault: unknown): Failure {
  if (fault instanceof ElectionGuardError) {
    return { code: fault.code, path: fault.path, message: fault.message };
  }
  return { code: "unavailable", path: "", message: `it cannot be read: ${(fault as Error).message}` };
}

/** How far the call at hand has come; parts of a step are told a few times a second. */
class Told {
  #step = "";
  #done = 0;
  #total = 0;
  #at = 0;

  constructor(private readonly tell: (step: string, done: number, total: number) => void) {}

  step(name: string, parts: number): void {
    if (name !== "") {
      [this.#step, this.#done, this.#total, this.#at] = [name, 0, parts, 0];
    } else {
      this.#done += parts;
    }
    const now = performance.now();
    if (this.#done === this.#total || now - this.#at >= TOLD_EVERY_MS) {
      this.#at = now;
      this.tell(this.#step, this.#done, this.#total);
    }
  }
}

/** Takes each message that arrives. */
export function serve(post: (reply: Reply) => void, open: OpenBytes): (message: Start | Call) => void {
  let module: Module;
  let record: OpenRecord | undefined;
  let told: Told | undefined;
  const host: ModuleHost = {
    readFile(entry, out) {
      try {
        return record !== undefined && record.read(entry, out);
      } catch {
        return false; // the module says which file cannot be read
      }
    },
    progress: (step, parts) => told?.step(step, parts),
  };

  function start(message: Start): unknown {
    module = new Module(message.wasm, message.simd, host, message.kernel);
    return { kernel: module.kernel };
  }

  function run({ id, name, request, record: shared }: Call): unknown {
    if (shared === undefined) {
      return module.call(name, request);
    }
    record = openRecord(shared, open);
    told = new Told((step, done, total) => post({ id, kind: "progress", step, done, total }));
    try {
      return module.call(name, { ...(request as object), files: record.files });
    } finally {
      record.close();
      record = told = undefined;
    }
  }

  return (message) => {
    const id = "id" in message ? message.id : 0;
    try {
      post({ id, kind: "answer", answer: "id" in message ? run(message) : start(message) });
    } catch (fault) {
      post({ id, kind: "failure", failure: failureOf(fault) });
    }
  };
}
