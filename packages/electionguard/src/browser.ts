/** Workers, files and the module's bytes in a browser. */
import type { LoadOptions } from "./api.js";
import { ElectionGuardError } from "./error.js";
import type { Platform, WorkerEvents, WorkerHandle } from "./platform.js";
import type { RecordFiles, RecordSource } from "./record_types.js";
import type { SharedRecord } from "./shared_record.js";

async function fetched(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new ElectionGuardError("unavailable", `a part of the package could not be fetched: ${response.status}`);
  }
  return response.arrayBuffer();
}

function handle(worker: Worker, events: WorkerEvents): WorkerHandle {
  worker.onmessage = (event) => events.reply(event.data);
  worker.onmessageerror = () => events.lost("what it said could not be read");
  worker.onerror = (event) => {
    event.preventDefault();
    events.lost(event.message ?? "the browser does not let it start");
  };
  return { post: (message) => worker.postMessage(message), end: () => worker.terminate(), hold: () => {} };
}

/** The browser joins blobs without reading them. */
function joined(files: RecordFiles): SharedRecord {
  const listed = files instanceof Map ? [...files].map(([name, bytes]) => ({ name, bytes })) : files;
  let at = 0;
  const places = listed.map(({ name, bytes }) => {
    const size = bytes instanceof Blob ? bytes.size : bytes.byteLength;
    at += size;
    return { name, at: at - size, bytes: size };
  });
  const blob = new Blob(listed.map(({ bytes }) => bytes as BlobPart));
  return { kind: "files", bytes: { kind: "blob", blob }, files: places };
}

function share(record: RecordSource): SharedRecord {
  if (typeof record === "string") {
    throw new ElectionGuardError("bad_type", "a browser opens no paths: give a Blob, bytes or files");
  }
  if (record instanceof Blob || record instanceof Uint8Array) {
    const blob = record instanceof Blob ? record : new Blob([record as BlobPart]);
    return { kind: "zip", bytes: { kind: "blob", blob } };
  }
  return joined(record);
}

/** ownUrl: of the package's files, where they are not given. */
export function browser(module: LoadOptions["module"], start: () => Worker, ownUrl: string): Platform {
  const url = module && URL.createObjectURL(new Blob([module.worker], { type: "text/javascript" }));
  return {
    processors: () => navigator.hardwareConcurrency || 1,
    startWorker: (events) => handle(url === undefined ? start() : new Worker(url), events),
    async moduleBytes() {
      return (
        module ?? {
          wasm: await fetched(new URL("./electionguard.wasm", ownUrl)),
          simd: await fetched(new URL("./simd128.wasm", ownUrl)),
        }
      );
    },
    share: async (record) => share(record),
    close: () => url !== undefined && URL.revokeObjectURL(url),
  };
}
