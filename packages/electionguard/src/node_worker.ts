/** The worker of Node.js. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { MemorySource, type ByteSource } from "./byte_source.js";
import { stampOf } from "./node_stamp.js";
import { serve } from "./service.js";
import type { SharedBytes } from "./shared_record.js";

class FileSource implements ByteSource {
  readonly bytes: number;
  readonly #file: number;

  /** stamp: it must still be the file that was looked at. */
  constructor(path: string, stamp: string | undefined) {
    this.#file = openSync(path, "r");
    const stat = fstatSync(this.#file, { bigint: true });
    this.bytes = Number(stat.size);
    if (stamp !== undefined && stamp !== stampOf(stat)) {
      this.close();
      throw new Error("the file changed while it was read");
    }
  }

  read(at: number, bytes: number): Uint8Array {
    const out = new Uint8Array(bytes);
    for (let done = 0; done < bytes; ) {
      const more = readSync(this.#file, out, done, bytes - done, at + done);
      if (more === 0) {
        throw new RangeError("beyond the end");
      }
      done += more;
    }
    return out;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function open(bytes: SharedBytes): ByteSource {
  switch (bytes.kind) {
    case "memory":
      return new MemorySource(new Uint8Array(bytes.memory));
    case "path":
      return new FileSource(bytes.path, bytes.stamp);
    default:
      throw new TypeError("threads are handed no blobs");
  }
}

const port = parentPort!;
port.on("message", serve((reply) => port.postMessage(reply), open));
