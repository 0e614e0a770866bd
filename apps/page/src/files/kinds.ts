// What a file is, by what is in it: so that a wrong one is called by its name.

export type Kind =
  | "election"
  | "record"
  | "backup"
  | "key"
  | "share"
  | "compensated"
  | "ballot"
  | "manifest"
  | "context"
  | "zip"
  | "other";

const has = (o: Record<string, unknown>, ...names: string[]): boolean => names.every((name) => name in o);

function kindOfObject(o: Record<string, unknown>): Kind {
  const format = typeof o.format === "string" ? o.format : "";
  if (format.startsWith("egserve election") || has(o, "manifest", "context", "guardians")) {
    return "election";
  }
  if (format.startsWith("egserve guardian key") || has(o, "kdf", "sealed")) {
    return "key";
  }
  if (has(o, "missing_guardian_id", "tally_share")) {
    return "compensated";
  }
  if (has(o, "guardian_id", "tally_share")) {
    return "share";
  }
  if (has(o, "owner_id", "coefficient_commitments")) {
    return "record";
  }
  if (has(o, "owner_id", "designated_id")) {
    return "backup";
  }
  if (has(o, "object_id", "style_id", "code")) {
    return "ballot";
  }
  if (has(o, "election_scope_id", "contests")) {
    return "manifest";
  }
  return has(o, "elgamal_public_key", "quorum") ? "context" : "other";
}

export function kindOf(value: unknown): Kind {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? kindOfObject(value as Record<string, unknown>)
    : "other";
}

/** By its first bytes. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5) && (head[3] === 4 || head[3] === 6);
}
