/** One worker and the calls that wait for it. */
import { ElectionGuardError } from "./error.js";
import type { Reply, Start } from "./messages.js";
import type { Platform, WorkerHandle } from "./platform.js";
import type { RecordProgress } from "./record_types.js";
import type { SharedRecord } from "./shared_record.js";

export interface CallOptions {
  record?: SharedRecord | undefined;
  onProgress?: ((progress: RecordProgress) => void) | undefined;
}

interface Waiting {
  done(answer: unknown): void;
  failed(fault: Error): void;
  onProgress: ((progress: RecordProgress) => void) | undefined;
}

const START = 0;

export class Connection {
  readonly #worker: WorkerHandle;
  readonly #waiting = new Map<number, Waiting>();
  #calls = START;
  #end: ElectionGuardError | undefined;

  private constructor(platform: Platform) {
    this.#worker = platform.startWorker({
      reply: (reply) => this.#take(reply),
      lost: (why) => this.#fail(new ElectionGuardError("unavailable", `the worker ended: ${why}`)),
    });
  }

  static async open(platform: Platform, start: Start): Promise<Connection> {
    const connection = new Connection(platform);
    try {
      await connection.#send(START, () => connection.#worker.post(start), {});
      return connection;
    } catch (fault) {
      connection.close();
      throw fault;
    }
  }

  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** request: an operation's, or its JSON text. */
  call<T>(name: string, request: object | string, options: CallOptions = {}): Promise<T> {
    const id = ++this.#calls;
    const post = () => this.#worker.post({ id, name, request, record: options.record });
    return this.#send(id, post, options) as Promise<T>;
  }

  /** The worker ends, and its memory goes. Calls that wait are refused. */
  close(): void {
    this.#fail(new ElectionGuardError("cancelled", "it was closed"));
  }

  #send(id: number, post: () => void, options: CallOptions): Promise<unknown> {
    return new Promise((done, failed) => {
      if (this.#end !== undefined) {
        failed(new ElectionGuardError(this.#end.code, this.#end.message));
        return;
      }
      this.#waiting.set(id, { done, failed, onProgress: options.onProgress });
      this.#worker.hold(true);
      try {
        post();
      } catch (fault) {
        this.#forget(id);
        failed(new ElectionGuardError("bad_type", `it is not made of plain values: ${(fault as Error).message}`));
      }
    });
  }

  #forget(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#worker.hold(this.isBusy);
    return waiting;
  }

  #take(reply: Reply): void {
    if (reply.kind === "progress") {
      const { step, done, total } = reply;
      this.#waiting.get(reply.id)?.onProgress?.({ step, done, total });
      return;
    }
    const waiting = this.#forget(reply.id);
    if (reply.kind === "answer") {
      waiting?.done(reply.answer);
    } else {
      const { code, message, path } = reply.failure;
      waiting?.failed(new ElectionGuardError(code, message, path));
    }
  }

  #fail(end: ElectionGuardError): void {
    if (this.#end !== undefined) {
      return;
    }
    this.#end = end;
    this.#worker.end();
    for (const waiting of this.#waiting.values()) {
      waiting.failed(end);
    }
    this.#waiting.clear();
  }
}
