// Zip files as a test wants them, good and bad. Source: APPNOTE.TXT 6.3.10.
import { crc32 } from "../../build/package/dist/crc32.js";
import { deflateRawSync } from "node:zlib";

const field = (size, value) => {
  const bytes = Buffer.alloc(size);
  if (size === 8) {
    bytes.writeBigUInt64LE(BigInt(value));
  } else {
    bytes.writeUIntLE(value, 0, size);
  }
  return bytes;
};
const u16 = (value) => field(2, value);
const u32 = (value) => field(4, value);
const u64 = (value) => field(8, value);
const ONES = 0xffffffff;

/** entry: { name, bytes, method = 8 } and whatever is to be stated otherwise: packed, crc, size, packedSize, flags, attributes, at. */
function complete(entry) {
  const method = entry.method ?? 8;
  const packed = entry.packed ?? (method === 8 ? deflateRawSync(entry.bytes) : entry.bytes);
  const name = Buffer.from(entry.name);
  return { crc: crc32(entry.bytes), size: entry.bytes.length, packedSize: packed.length, flags: 0, attributes: 0, ...entry, method, packed, name };
}

function local(e) {
  const head = [u32(0x04034b50), u16(20), u16(e.flags), u16(e.method), u32(0), u32(e.crc), u32(e.packedSize), u32(e.size)];
  return Buffer.concat([...head, u16(e.name.length), u16(0), e.name, e.packed]);
}

function central(e, at, is64) {
  const wide = Buffer.concat([u16(1), u16(24), u64(e.size), u64(e.packedSize), u64(at)]);
  const extra = is64 ? wide : Buffer.alloc(0);
  const number = (value) => u32(is64 ? ONES : value);
  return Buffer.concat([
    u32(0x02014b50), u16(0x0314), u16(20), u16(e.flags), u16(e.method), u32(0), u32(e.crc), number(e.packedSize), number(e.size),
    u16(e.name.length), u16(extra.length), u16(0), u16(0), u16(0), u32(e.attributes), number(at), e.name, extra,
  ]); // prettier-ignore
}

/** options: is64, comment, count: stated otherwise, base: how many bytes stand before what is given back. */
export function zip(entries, options = {}) {
  const parts = [];
  const directory = [];
  let at = options.base ?? 0;
  for (const entry of entries.map(complete)) {
    directory.push(central(entry, entry.at ?? at, options.is64));
    parts.push(local(entry));
    at += parts.at(-1).length;
  }
  const list = Buffer.concat(directory);
  const count = options.count ?? entries.length;
  const comment = Buffer.from(options.comment ?? "");
  const end = (n, bytes, from) =>
    Buffer.concat([u32(0x06054b50), u16(0), u16(0), u16(n), u16(n), u32(bytes), u32(from), u16(comment.length), comment]);
  if (!options.is64) {
    return Buffer.concat([...parts, list, end(count, list.length, at)]);
  }
  const end64 = [u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(count), u64(count), u64(list.length), u64(at)];
  const locator = [u32(0x07064b50), u32(0), u64(at + list.length), u32(1)];
  return Buffer.concat([...parts, list, ...end64, ...locator, end(0xffff, ONES, ONES)]);
}
