import type { BigIntStats } from "node:fs";

/** Differs once a file was replaced or written to. */
export function stampOf(stat: BigIntStats): string {
  return [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(" ");
}
