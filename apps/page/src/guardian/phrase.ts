// Rules for a new pass phrase; the module has the same (src/guardian/guardian.h).
import t from "texts";

export const LEAST_BYTES = 12;
export const MOST_BYTES = 1024;

/** What is wrong with it, or nothing. */
export function phraseFault(phrase: string): string {
  const bytes = new TextEncoder().encode(phrase.normalize("NFC")).length;
  return bytes < LEAST_BYTES
    ? t.guardian.make.phraseShort(LEAST_BYTES)
    : bytes > MOST_BYTES
      ? t.guardian.make.phraseLong(MOST_BYTES)
      : "";
}
