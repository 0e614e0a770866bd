/** One file of a zip file at a time. */
import type { ByteSource } from "./byte_source.js";
import { crc32 } from "./crc32.js";
import { inflateSync } from "./inflate.js";
import { LOCAL, viewOf, type ZipEntry } from "./zip_directory.js";

const STORED = 0;
const DEFLATED = 8;
const EXTRA_BYTES = 64; // what most local headers have at most: read in one piece with the file

function packedBytes(source: ByteSource, entry: ZipEntry): Uint8Array | null {
  const head = LOCAL.bytes + entry.nameBytes;
  const guess = Math.min(source.bytes - entry.at, head + EXTRA_BYTES + entry.packed);
  const piece = source.read(entry.at, guess);
  const view = viewOf(piece);
  if (view.getUint32(0, true) !== LOCAL.signature || view.getUint16(8, true) !== entry.method) {
    return null;
  }
  const from = LOCAL.bytes + view.getUint16(26, true) + view.getUint16(28, true);
  return from + entry.packed <= piece.length
    ? piece.subarray(from, from + entry.packed)
    : source.read(entry.at + from, entry.packed);
}

/** One byte more than declared has room: what unpacks to more is seen by it. */
function unpack(packed: Uint8Array, entry: ZipEntry): Uint8Array | null {
  if (entry.method === STORED) {
    return packed;
  }
  return entry.method === DEFLATED ? inflateSync(packed, { out: new Uint8Array(entry.bytes + 1) }) : null;
}

/** Exactly what was declared, into out; false where it is damaged, encrypted or packed in an unknown way. */
export function readEntry(source: ByteSource, entry: ZipEntry, out: Uint8Array): boolean {
  if (entry.isEncrypted || entry.bytes !== out.length) {
    return false;
  }
  const packed = packedBytes(source, entry);
  const bytes = packed === null ? null : unpack(packed, entry);
  if (bytes === null || bytes.length !== entry.bytes || crc32(bytes) !== entry.crc) {
    return false;
  }
  out.set(bytes);
  return true;
}
