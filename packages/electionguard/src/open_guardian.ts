import type { Guardian, GuardianAbout, KnownGuardian, NewGuardian, ShareOptions } from "./api.js";
import type { Connection } from "./connection.js";
import { ElectionGuardError } from "./error.js";
import { refuse } from "./made_files.js";
import type { RecordFault, RecordSource } from "./record_types.js";
import type { SharedRecord } from "./shared_record.js";
import type { CompensatedShareFile, ElectionPartialKeyBackup, ElectionPublicKey, ShareFile } from "./types.js";

type Share = (record: RecordSource) => Promise<SharedRecord>;
type About = Omit<GuardianAbout, "records" | "backups" | "fingerprint">;
interface Shares {
  verified: boolean;
  faults: RecordFault[];
  text?: string;
}

const textOf = (given: object | string) => (typeof given === "string" ? given : JSON.stringify(given));
/** Pass phrases that look alike are alike, whatever keyboard they were typed on. */
const normal = (passphrase: string) => passphrase.normalize("NFC");

export class OpenGuardian implements Guardian {
  readonly #connection: Connection;
  readonly #share: Share;
  readonly #handle: number;

  private constructor(connection: Connection, share: Share, handle: number) {
    this.#connection = connection;
    this.#share = share;
    this.#handle = handle;
  }

  static async create(connection: Connection, share: Share, guardian: NewGuardian): Promise<Guardian> {
    const { guardian: handle } = await connection.call<{ guardian: number }>("guardian.new", guardian);
    return new OpenGuardian(connection, share, handle);
  }

  static async open(connection: Connection, share: Share, keyFile: string, passphrase: string): Promise<Guardian> {
    const request = { key_file: keyFile, pass_phrase: normal(passphrase) };
    const { guardian: handle } = await connection.call<{ guardian: number }>("guardian.open", request);
    return new OpenGuardian(connection, share, handle);
  }

  async about(): Promise<GuardianAbout> {
    const about = await this.#call<About>("guardian.about");
    const own = about.known.find((one) => one.sequence_order === about.sequence_order);
    const orders = (known: KnownGuardian[]) => known.map((one) => one.sequence_order);
    return {
      ...about,
      records: orders(about.known),
      backups: orders(about.known.filter((one) => one.has_backup && one !== own)),
      fingerprint: own?.fingerprint ?? "",
    };
  }

  record(): Promise<ElectionPublicKey> {
    return this.#made("guardian.record");
  }

  takeRecord(record: ElectionPublicKey | string): Promise<number> {
    return this.#take("guardian.take_record", record);
  }

  makeBackup(sequence_order: number): Promise<ElectionPartialKeyBackup> {
    return this.#made("guardian.make_backup", { sequence_order });
  }

  takeBackup(backup: ElectionPartialKeyBackup | string): Promise<number> {
    return this.#take("guardian.take_backup", backup);
  }

  async seal(passphrase: string): Promise<string> {
    return (await this.#call<{ text: string }>("guardian.seal", { pass_phrase: normal(passphrase) })).text;
  }

  share(tally: RecordSource, options: ShareOptions = {}): Promise<ShareFile> {
    return this.#shares(tally, {}, options);
  }

  async compensate(tally: RecordSource, missing: string, options: ShareOptions = {}): Promise<CompensatedShareFile> {
    const { known } = await this.about();
    const found = known.find((one) => one.id === missing);
    if (found === undefined) {
      throw new ElectionGuardError("not_found", "this guardian has no record of one with that id", "missing");
    }
    return this.#shares(tally, { missing: found.sequence_order }, options);
  }

  /** The module wipes the key; in the middle of a call the memory goes as it is. */
  async close(): Promise<void> {
    if (!this.#connection.isBusy) {
      await this.#connection.call("handle.free", { handle: this.#handle }).catch(() => {});
    }
    this.#connection.close();
  }

  async #shares<T>(tally: RecordSource, request: object, options: ShareOptions): Promise<T> {
    options.signal?.throwIfAborted();
    const record = await this.#share(tally);
    const trust = { trust_tally: options.trustTally ?? false };
    const made = await this.#connection.call<Shares>(
      "guardian.share",
      { guardian: this.#handle, ...request, ...trust },
      { record, onProgress: options.onProgress },
    );
    options.signal?.throwIfAborted();
    if (!made.verified || made.text === undefined) {
      refuse("the tally does not verify, and no share of it was made", made.faults);
    }
    return JSON.parse(made.text);
  }

  #call<T>(name: string, request: object = {}): Promise<T> {
    return this.#connection.call<T>(name, { guardian: this.#handle, ...request });
  }

  async #made<T>(name: string, request: object = {}): Promise<T> {
    return JSON.parse((await this.#call<{ text: string }>(name, request)).text);
  }

  async #take(name: string, given: object | string): Promise<number> {
    return (await this.#call<{ sequence_order: number }>(name, { text: textOf(given) })).sequence_order;
  }
}
