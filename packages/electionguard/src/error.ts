/** What went wrong: a code for programs, the place of what is at fault in the words of what was given, and a sentence. */
export class ElectionGuardError extends Error {
  override readonly name = "ElectionGuardError";
  /** One of the codes of the service's errors: `proof_invalid`, `wrong_election`, `bad_encoding`, … */
  readonly code: string;
  /** `ballot.contests[0].proof`; empty where no single part is at fault. */
  readonly path: string;

  constructor(code: string, message: string, path = "") {
    super(message);
    this.code = code;
    this.path = path;
  }
}
