/** What browsers and Node.js do in their own ways. */
import type { Call, Reply, Start } from "./messages.js";
import type { RecordSource } from "./record_types.js";
import type { SharedRecord } from "./shared_record.js";

export interface WorkerHandle {
  post(message: Start | Call): void;
  end(): void;
  /** Node.js: whether the program must wait for it. */
  hold(isBusy: boolean): void;
}

export interface WorkerEvents {
  reply(reply: Reply): void;
  /** It ended of itself, or could not be started. */
  lost(why: string): void;
}

export interface ModuleBytes {
  wasm: BufferSource;
  simd: BufferSource;
}

export interface Platform {
  processors(): number;
  startWorker(events: WorkerEvents): WorkerHandle;
  moduleBytes(): Promise<ModuleBytes>;
  share(record: RecordSource): Promise<SharedRecord>;
  /** No worker will be started any more. */
  close(): void;
}
