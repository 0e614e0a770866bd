/**
 * What goes in and comes out: JSON as the service, electionguard-python and election records have it
 * (docs/crypto.md 18). Members stand in the order in which they are written.
 */

/** A number mod p or mod q in hexadecimal, two digits a byte, leading zero bytes left out (docs/crypto.md 2.1). */
export type Hex = string;

export interface ElGamalCiphertext {
  pad: Hex;
  data: Hex;
}
export interface HashedElGamalCiphertext {
  pad: Hex;
  data: Hex;
  mac: Hex;
}
export interface SchnorrProof {
  public_key: Hex;
  commitment: Hex;
  challenge: Hex;
  response: Hex;
  usage: string;
}
export interface ChaumPedersenProof {
  pad: Hex;
  data: Hex;
  challenge: Hex;
  response: Hex;
  usage: string;
}
export interface ConstantChaumPedersenProof extends ChaumPedersenProof {
  constant: number;
}
export interface DisjunctiveChaumPedersenProof {
  proof_zero_pad: Hex;
  proof_zero_data: Hex;
  proof_one_pad: Hex;
  proof_one_data: Hex;
  proof_zero_challenge: Hex;
  proof_one_challenge: Hex;
  challenge: Hex;
  proof_zero_response: Hex;
  proof_one_response: Hex;
  usage: string;
}

/* ---- guardians ---- */

/** A guardian's record: its public key, the commitments to its polynomial and their proofs. */
export interface ElectionPublicKey {
  owner_id: string;
  /** From 1. */
  sequence_order: number;
  key: Hex;
  coefficient_commitments: Hex[];
  coefficient_proofs: SchnorrProof[];
}
/** One guardian's share of its key for another, encrypted for that one. */
export interface ElectionPartialKeyBackup {
  owner_id: string;
  designated_id: string;
  designated_sequence_order: number;
  encrypted_coordinate: HashedElGamalCiphertext;
}

/* ---- the election ---- */

export interface InternationalizedText {
  text: { value: string; language?: string }[];
}
/** Elections that the service made from names have plain strings. */
export type Text = InternationalizedText | string;
export interface AnnotatedString {
  annotation: string;
  value: string;
}
export interface ContactInformation {
  address_line?: string[] | null;
  email?: AnnotatedString[] | null;
  phone?: AnnotatedString[] | null;
  name?: string | null;
}
export interface GeopoliticalUnit {
  object_id: string;
  name: string;
  type: string;
  contact_information?: ContactInformation | null;
}
export interface BallotStyle {
  object_id: string;
  geopolitical_unit_ids?: string[] | null;
  party_ids?: string[] | null;
  image_uri?: string | null;
}
export interface Party {
  object_id: string;
  name: Text;
  abbreviation?: string | null;
  color?: string | null;
  logo_uri?: string | null;
}
export interface Candidate {
  object_id: string;
  name: Text;
  party_id?: string | null;
  image_uri?: string | null;
  is_write_in?: boolean | null;
}
export interface SelectionDescription {
  object_id: string;
  sequence_order: number;
  candidate_id: string;
}
export interface ContestDescription {
  object_id: string;
  sequence_order: number;
  electoral_district_id: string;
  vote_variation: string;
  number_elected: number;
  votes_allowed?: number | null;
  name: string;
  ballot_selections: SelectionDescription[];
  ballot_title?: InternationalizedText | null;
  ballot_subtitle?: InternationalizedText | null;
}
export interface Manifest {
  election_scope_id: string;
  spec_version: string;
  type: string;
  /** ISO 8601 with a zone: `2026-03-01T08:00:00-05:00`. */
  start_date: string;
  end_date: string;
  geopolitical_units: GeopoliticalUnit[];
  parties: Party[];
  candidates: Candidate[];
  contests: ContestDescription[];
  ballot_styles: BallotStyle[];
  name?: Text | null;
  contact_information?: ContactInformation | null;
}
/** An election of one contest, as the service makes them: names, and how many of them a voter may choose. */
export interface Names {
  party_names: string[];
  candidate_names: string[];
  /** 1 unless said. */
  max_choices?: number;
}
export interface CiphertextElectionContext {
  number_of_guardians: number;
  quorum: number;
  elgamal_public_key: Hex;
  commitment_hash: Hex;
  manifest_hash: Hex;
  crypto_base_hash: Hex;
  crypto_extended_base_hash: Hex;
  extended_data?: Record<string, string> | null;
  configuration?: { allow_overvotes: boolean; max_votes: number };
}
/** What the first confirmation code of a chain follows from (docs/crypto.md 13). */
export interface Device {
  device_id: number;
  session_id: number;
  launch_code: number;
  location: string;
}
/** An election as voters' and guardians' programs are given it, in one file (`election.json`). */
export interface ElectionFile {
  format: string;
  manifest: Manifest;
  context: CiphertextElectionContext;
  /** By sequence order. */
  guardians: ElectionPublicKey[];
  device: Device;
}

/* ---- ballots ---- */

export interface PlaintextSelection {
  object_id: string;
  /** 0 or 1. */
  vote: number;
  /** The name that the voter wrote, where the candidate is a write-in. */
  write_in?: string | null;
}
export interface PlaintextContest {
  object_id: string;
  /** Those that are not named count as 0. */
  ballot_selections: PlaintextSelection[];
}
/** A vote in clear: secret. */
export interface PlaintextBallot {
  object_id: string;
  style_id: string;
  /** Contests of the style that are not named are left blank. */
  contests: PlaintextContest[];
}
export interface CiphertextBallotSelection {
  object_id: string;
  sequence_order: number;
  description_hash: Hex;
  ciphertext: ElGamalCiphertext;
  crypto_hash: Hex;
  is_placeholder_selection: boolean;
  nonce: Hex | null;
  proof: DisjunctiveChaumPedersenProof | null;
}
export interface CiphertextBallotContest {
  object_id: string;
  sequence_order: number;
  description_hash: Hex;
  ballot_selections: CiphertextBallotSelection[];
  ciphertext_accumulation: ElGamalCiphertext;
  crypto_hash: Hex;
  nonce: Hex | null;
  proof: ConstantChaumPedersenProof | null;
  extended_data: HashedElGamalCiphertext | null;
}
/** With every nonce null it may be published; with its nonces it is as secret as the vote. */
export interface CiphertextBallot {
  object_id: string;
  style_id: string;
  manifest_hash: Hex;
  code_seed: Hex;
  contests: CiphertextBallotContest[];
  /** The confirmation code. */
  code: Hex;
  /** Seconds since 1970. */
  timestamp: number;
  crypto_hash: Hex;
  nonce: Hex | null;
}
export interface SubmittedBallot extends CiphertextBallot {
  /** 1 cast, 2 spoiled. */
  state: number;
}

/* ---- tallies, shares ---- */

export interface CiphertextTallySelection {
  object_id: string;
  sequence_order: number;
  description_hash: Hex;
  ciphertext: ElGamalCiphertext;
}
export interface CiphertextTallyContest {
  object_id: string;
  sequence_order: number;
  description_hash: Hex;
  selections: Record<string, CiphertextTallySelection>;
}
/** The product of all cast ballots, as a record's `encrypted_tally.json` has it. */
export interface PublishedTally {
  object_id: string;
  contests: Record<string, CiphertextTallyContest>;
}
export interface CompensatedDecryptionSelection {
  object_id: string;
  guardian_id: string;
  missing_guardian_id: string;
  share: Hex;
  recovery_key: Hex;
  proof: ChaumPedersenProof;
}
export interface DecryptionSelection {
  object_id: string;
  guardian_id: string;
  share: Hex;
  /** Null where it was put together from others' parts. */
  proof: ChaumPedersenProof | null;
  recovered_parts: Record<string, CompensatedDecryptionSelection> | null;
}
export interface DecryptionShare {
  object_id: string;
  guardian_id: string;
  public_key: Hex;
  contests: Record<
    string,
    { object_id: string; guardian_id: string; description_hash: Hex; selections: Record<string, DecryptionSelection> }
  >;
}
export interface CompensatedDecryptionShare {
  object_id: string;
  guardian_id: string;
  missing_guardian_id: string;
  public_key: Hex;
  contests: Record<
    string,
    {
      object_id: string;
      guardian_id: string;
      missing_guardian_id: string;
      description_hash: Hex;
      selections: Record<string, CompensatedDecryptionSelection>;
    }
  >;
}
/** What one guardian hands out after the election (`share-<order>.json`). */
export interface ShareFile {
  guardian_id: string;
  sequence_order: number;
  tally_share: DecryptionShare;
  /** Of every spoiled ballot, by its id. */
  ballot_shares: Record<string, DecryptionShare>;
}
/** What one guardian hands out for another that is missing (`share-<missing>-by-<order>.json`). */
export interface CompensatedShareFile {
  guardian_id: string;
  sequence_order: number;
  missing_guardian_id: string;
  missing_sequence_order: number;
  tally_share: CompensatedDecryptionShare;
  ballot_shares: Record<string, CompensatedDecryptionShare>;
}
export interface PlaintextTallySelection {
  object_id: string;
  tally: number;
  value: Hex;
  message: ElGamalCiphertext;
  shares: DecryptionSelection[];
}
/** Counts, and the shares that they follow from. */
export interface PlaintextTally {
  object_id: string;
  contests: Record<string, { object_id: string; selections: Record<string, PlaintextTallySelection> }>;
}
