/** The package as programs see it. */
import type { Kernel } from "./module.js";
import type { RecordFile, RecordOptions, RecordReport, RecordSource, VerifyOptions } from "./record_types.js";
import type {
  CiphertextBallot,
  CompensatedShareFile,
  Device,
  ElectionFile,
  ElectionPartialKeyBackup,
  ElectionPublicKey,
  Hex,
  Manifest,
  Names,
  PlaintextBallot,
  ShareFile,
  SubmittedBallot,
} from "./types.js";

export interface LoadOptions {
  /** At most so many at once verify a record; as many as there are processors unless said, but no more than 8. */
  workers?: number | undefined;
  /** Fails where the engine does not run it; the fastest one unless said. */
  kernel?: Kernel | undefined;
  /** For programs that carry the package's parts in themselves: nothing is fetched. worker: the text of a classic script. */
  module?: { wasm: BufferSource; simd: BufferSource; worker: string } | undefined;
}

export interface ElectionGuard {
  info(): Promise<{ version: string; kernel: Kernel }>;
  /** The manifest as it is published, judged whole, and its hash. */
  checkManifest(manifest: Manifest | Names): Promise<{ manifest: Manifest; manifest_hash: Hex }>;
  /** The election that these guardians make: its key, and everything that follows from it. */
  createElection(parts: ElectionParts): Promise<ElectionFile>;
  /** Checked whole: manifest, guardians' proofs, and that the context follows from them. A string is a file's text. */
  openElection(file: ElectionFile | string): Promise<Election>;
  /** A new key, in a worker of its own. Nothing of it is kept unless `seal` is called and its text stored. */
  createGuardian(guardian: NewGuardian): Promise<Guardian>;
  /** From a key file (docs/guardian-key.md). A wrong pass phrase and a damaged file are one failure, `tampered`. */
  openGuardian(sealed: string | Uint8Array, passphrase: string): Promise<Guardian>;
  /** Everything about a record (docs/record.md), spread over workers. A record with faults is a report, not a failure. */
  verifyRecord(record: RecordSource, options?: VerifyOptions): Promise<RecordReport>;
  /** The end of an election: every share is verified, and the files come that make the tally's record a whole one. */
  combineShares(parts: Shares, options?: RecordOptions): Promise<RecordFile[]>;
  /** Ends all workers, those of elections and guardians too. */
  close(): Promise<void>;
}

export type ElectionParts = ({ manifest: Manifest } | Names) & {
  guardians: readonly ElectionPublicKey[];
  /** How many guardians it takes to decrypt. */
  quorum: number;
  device?: Device;
};

export interface Shares {
  /** The record before its decryption. */
  tally: RecordSource;
  /** Of a quorum at least. */
  shares: readonly ShareFile[];
  /** For each guardian that is missing, of each that is not. */
  compensated?: readonly CompensatedShareFile[];
}

export interface NewGuardian {
  id: string;
  /** From 1. */
  sequence_order: number;
  number_of_guardians: number;
  quorum: number;
}

export interface EncryptOptions {
  /** For a challenge: then the nonces come with the ballot, which is as secret with them as the vote. */
  keepNonces?: boolean | undefined;
  /** Seconds since 1970; now unless said. */
  timestamp?: number | undefined;
}

export interface EncryptedBallot {
  /** The confirmation code. */
  code: Hex;
  /** Every nonce null. */
  ballot: CiphertextBallot;
  withNonces?: CiphertextBallot;
}

export interface Election {
  readonly file: ElectionFile;
  readonly manifest_hash: Hex;
  readonly device_hash: Hex;
  encrypt(ballot: PlaintextBallot, options?: EncryptOptions): Promise<EncryptedBallot>;
  /** The ballot as it is cast, to be counted: without any nonce, state 1. */
  cast(ballot: CiphertextBallot): SubmittedBallot;
  /** The ballot as it is spoiled, to be opened and not counted: without any nonce, state 2. */
  spoil(ballot: CiphertextBallot): SubmittedBallot;
  /** Its hashes and proofs, for this election. Fails where one does not hold, naming its place. state: 999 where it has none. */
  verify(ballot: CiphertextBallot | SubmittedBallot): Promise<{ code: Hex; state: number }>;
  /** What a ballot holds, by its nonces; fails where they do not make exactly this ballot. */
  challenge(ballotWithNonces: CiphertextBallot): Promise<{ code: Hex; ballot: PlaintextBallot }>;
  /** The record before its decryption of these ballots, for guardians. Their proofs are verified by whoever verifies it. */
  tally(ballots: readonly SubmittedBallot[]): Promise<RecordFile[]>;
  close(): Promise<void>;
}

export interface KnownGuardian {
  sequence_order: number;
  id: string;
  /** Of its record, for comparing by voice. */
  fingerprint: string;
  /** Its backup for this guardian was taken. */
  has_backup: boolean;
}

export interface GuardianAbout {
  id: string;
  sequence_order: number;
  number_of_guardians: number;
  quorum: number;
  /** Sequence orders of the guardians whose records were taken, its own among them. */
  records: number[];
  /** Sequence orders of the guardians whose backups were taken. */
  backups: number[];
  /** Of its own record. */
  fingerprint: string;
  known: KnownGuardian[];
}

export interface ShareOptions extends RecordOptions {
  /** The ballots are not looked at: whoever made the tally chooses what this guardian helps to open. */
  trustTally?: boolean | undefined;
}

/** The secret stays in the memory of a worker of its own. Elections and guardians close with what they came from. */
export interface Guardian {
  about(): Promise<GuardianAbout>;
  record(): Promise<ElectionPublicKey>;
  /** Another's record, or its own come back; whose it is, by sequence order. */
  takeRecord(record: ElectionPublicKey | string): Promise<number>;
  /** This guardian's backup for another whose record was taken. */
  makeBackup(sequence_order: number): Promise<ElectionPartialKeyBackup>;
  /** Another's backup for this guardian, checked against that one's commitments; whose it is. */
  takeBackup(backup: ElectionPartialKeyBackup | string): Promise<number>;
  /** The text of a key file (docs/guardian-key.md). */
  seal(passphrase: string): Promise<string>;
  /** Its shares of a record before its decryption (`tally.zip`), which is verified first, every ballot of it. */
  share(tally: RecordSource, options?: ShareOptions): Promise<ShareFile>;
  /** The same in place of a guardian that is missing, by its id. */
  compensate(tally: RecordSource, missing: string, options?: ShareOptions): Promise<CompensatedShareFile>;
  /** The key is wiped and the worker ended. */
  close(): Promise<void>;
}
