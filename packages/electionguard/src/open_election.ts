import type { Election, EncryptedBallot, EncryptOptions } from "./api.js";
import type { Connection } from "./connection.js";
import { filesOf, type MadeFile } from "./made_files.js";
import type { RecordFile } from "./record_types.js";
import { CAST, SPOILED, submitted } from "./submitted.js";
import type { CiphertextBallot, ElectionFile, PlaintextBallot, SubmittedBallot } from "./types.js";

interface Opened {
  election: number;
  manifest_hash: string;
  device_hash: string;
}

export class OpenElection implements Election {
  readonly #connection: Connection;
  readonly #handle: number;
  readonly file: ElectionFile;
  readonly manifest_hash: string;
  readonly device_hash: string;

  private constructor(connection: Connection, file: ElectionFile, opened: Opened) {
    this.#connection = connection;
    this.#handle = opened.election;
    this.file = file;
    this.manifest_hash = opened.manifest_hash;
    this.device_hash = opened.device_hash;
  }

  static async open(connection: Connection, file: ElectionFile | string): Promise<Election> {
    const opened = await connection.call<Opened>("election.open", file);
    return new OpenElection(connection, typeof file === "string" ? JSON.parse(file) : file, opened);
  }

  async encrypt(ballot: PlaintextBallot, options: EncryptOptions = {}): Promise<EncryptedBallot> {
    const made = await this.#call<{ code: string; ballot: CiphertextBallot; with_nonces?: CiphertextBallot }>(
      "ballot.encrypt",
      {
        ballot,
        timestamp: options.timestamp ?? Math.floor(Date.now() / 1000),
        keep_nonces: options.keepNonces ?? false,
      },
    );
    const { with_nonces: withNonces, ...published } = made;
    return withNonces === undefined ? published : { ...published, withNonces };
  }

  cast(ballot: CiphertextBallot): SubmittedBallot {
    return submitted(ballot, CAST);
  }

  spoil(ballot: CiphertextBallot): SubmittedBallot {
    return submitted(ballot, SPOILED);
  }

  verify(ballot: CiphertextBallot | SubmittedBallot): Promise<{ code: string; state: number }> {
    return this.#call("ballot.verify", { ballot });
  }

  challenge(ballot: CiphertextBallot): Promise<{ code: string; ballot: PlaintextBallot }> {
    return this.#call("ballot.challenge", { ballot });
  }

  async tally(ballots: readonly SubmittedBallot[]): Promise<RecordFile[]> {
    return filesOf((await this.#call<{ files: MadeFile[] }>("tally.make", { ballots })).files);
  }

  async close(): Promise<void> {
    await this.#connection.call("handle.free", { handle: this.#handle });
  }

  #call<T>(name: string, request: object): Promise<T> {
    return this.#connection.call<T>(name, { election: this.#handle, ...request });
  }
}
