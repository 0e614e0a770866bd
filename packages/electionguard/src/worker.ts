/** The worker of browsers. A page that carries the package gives it as text: it imports nothing when it is bundled. */
import type { ByteSource } from "./byte_source.js";
import type { Call, Reply, Start } from "./messages.js";
import { serve } from "./service.js";
import type { SharedBytes } from "./shared_record.js";

declare const self: {
  postMessage(reply: Reply): void;
  onmessage: ((event: { data: Start | Call }) => void) | null;
};
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer };

class BlobSource implements ByteSource {
  readonly bytes: number;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
    this.bytes = blob.size;
  }

  read(at: number, bytes: number): Uint8Array {
    const piece = new FileReaderSync().readAsArrayBuffer(this.#blob.slice(at, at + bytes));
    if (piece.byteLength !== bytes) {
      throw new RangeError("beyond the end");
    }
    return new Uint8Array(piece);
  }

  close(): void {}
}

function open(bytes: SharedBytes): ByteSource {
  if (bytes.kind !== "blob") {
    throw new TypeError("a browser has files as blobs");
  }
  return new BlobSource(bytes.blob);
}

const take = serve((reply) => self.postMessage(reply), open);
self.onmessage = (event) => take(event.data);
