// Names of ballots: random ones, so that they say nothing of the voter.

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"; // 32, none of which is read as another

export function randomBallotId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return `b-${[...bytes].map((byte) => LETTERS[byte & 31]).join("")}`;
}

/** A record names a file for it (docs/record.md). */
export function isBallotId(id: string): boolean {
  return id.length > 0 && new TextEncoder().encode(id).length <= 200 && !/[/\\\u0000-\u001f\u007f]/.test(id) && id.trim() === id;
}
