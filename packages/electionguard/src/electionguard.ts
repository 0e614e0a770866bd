/** All of the package, upon a platform. */
import type {
  Election,
  ElectionGuard,
  ElectionParts,
  Guardian,
  LoadOptions,
  NewGuardian,
  Shares,
} from "./api.js";
import { Connection } from "./connection.js";
import { ElectionGuardError } from "./error.js";
import type { Start } from "./messages.js";
import type { Kernel } from "./module.js";
import { OpenElection } from "./open_election.js";
import { OpenGuardian } from "./open_guardian.js";
import type { Platform } from "./platform.js";
import { filesOf, refuse, type MadeFile } from "./made_files.js";
import type { RecordFault, RecordFile, RecordOptions, RecordReport, RecordSource, VerifyOptions } from "./record_types.js";
import { verifyWith } from "./records.js";
import type { ElectionFile, Manifest, Names } from "./types.js";

const WORKERS_MAX = 8;

interface Combined {
  faults: RecordFault[];
  files?: MadeFile[];
}

class Loaded implements ElectionGuard {
  readonly #platform: Platform;
  readonly #start: Start;
  readonly #workers: number;
  /** Of elections, and what takes no time. */
  readonly #main: Connection;
  readonly #open = new Set<Connection>();
  readonly #guardians = new Set<Guardian>();
  #isClosed = false;

  private constructor(platform: Platform, start: Start, workers: number, main: Connection) {
    this.#platform = platform;
    this.#start = start;
    this.#workers = workers;
    this.#main = main;
  }

  static async load(platform: Platform, options: LoadOptions): Promise<ElectionGuard> {
    const start = { ...(await platform.moduleBytes()), kernel: options.kernel };
    const workers = options.workers ?? Math.min(WORKERS_MAX, platform.processors());
    const main = await Connection.open(platform, start);
    return new Loaded(platform, start, Math.max(1, Math.floor(workers)), main);
  }

  info(): Promise<{ version: string; kernel: Kernel }> {
    return this.#main.call("info", {});
  }

  checkManifest(manifest: Manifest | Names): Promise<{ manifest: Manifest; manifest_hash: string }> {
    return this.#main.call("manifest.check", "candidate_names" in manifest ? manifest : { manifest });
  }

  async createElection(parts: ElectionParts): Promise<ElectionFile> {
    return (await this.#main.call<{ file: ElectionFile }>("election.new", parts)).file;
  }

  openElection(file: ElectionFile | string): Promise<Election> {
    return OpenElection.open(this.#main, file);
  }

  createGuardian(guardian: NewGuardian): Promise<Guardian> {
    return this.#guardian((connection, share) => OpenGuardian.create(connection, share, guardian));
  }

  openGuardian(sealed: string | Uint8Array, passphrase: string): Promise<Guardian> {
    const text = typeof sealed === "string" ? sealed : new TextDecoder().decode(sealed);
    return this.#guardian((connection, share) => OpenGuardian.open(connection, share, text, passphrase));
  }

  async verifyRecord(record: RecordSource, options: VerifyOptions = {}): Promise<RecordReport> {
    const shared = await this.#platform.share(record);
    return this.#between(this.#workers, options.signal, (workers) => verifyWith(workers, shared, options));
  }

  async combineShares(parts: Shares, options: RecordOptions = {}): Promise<RecordFile[]> {
    const { tally, ...request } = parts;
    const record = await this.#platform.share(tally);
    return this.#between(1, options.signal, async ([worker]) => {
      const made = await worker!.call<Combined>("shares.combine", request, { record, onProgress: options.onProgress });
      return filesOf(made.files ?? refuse("the tally does not verify, and nothing was combined", made.faults));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#main.close();
    await Promise.all([...this.#guardians].map((guardian) => guardian.close()));
    this.#open.forEach((connection) => this.#end(connection));
    this.#platform.close();
  }

  /** Workers for one piece of work: aborting it is ending them. */
  async #between<T>(
    count: number,
    signal: AbortSignal | undefined,
    work: (workers: Connection[]) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const workers: Connection[] = [];
    const end = () => workers.forEach((worker) => this.#end(worker));
    const one = async () => {
      workers.push(await this.#connect());
      signal?.throwIfAborted();
    };
    signal?.addEventListener("abort", end);
    try {
      await Promise.all(Array.from({ length: count }, one));
      return await work(workers);
    } catch (fault) {
      signal?.throwIfAborted();
      throw fault;
    } finally {
      signal?.removeEventListener("abort", end);
      end();
    }
  }

  async #connect(): Promise<Connection> {
    this.#refuseClosed();
    const connection = await Connection.open(this.#platform, this.#start);
    this.#open.add(connection);
    if (this.#isClosed) {
      this.#end(connection);
    }
    this.#refuseClosed();
    return connection;
  }

  #refuseClosed(): void {
    if (this.#isClosed) {
      throw new ElectionGuardError("cancelled", "it was closed");
    }
  }

  #end(connection: Connection): void {
    this.#open.delete(connection);
    connection.close();
  }

  async #guardian(
    make: (connection: Connection, share: Platform["share"]) => Promise<Guardian>,
  ): Promise<Guardian> {
    const connection = await this.#connect();
    try {
      const guardian = await make(connection, (record) => this.#platform.share(record));
      this.#guardians.add(guardian);
      return guardian;
    } catch (fault) {
      this.#end(connection);
      throw fault;
    }
  }
}

export function loadOn(platform: Platform, options: LoadOptions): Promise<ElectionGuard> {
  return Loaded.load(platform, options);
}
