/**
 * The central directory of a zip file, within the bounds of docs/record.md. Nothing is unpacked here.
 * Source: APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
 */
import type { ByteSource } from "./byte_source.js";
import { ElectionGuardError } from "./error.js";

export interface ZipEntry {
  name: string;
  /** Where its local header begins. */
  at: number;
  packed: number;
  bytes: number;
  method: number;
  crc: number;
  isEncrypted: boolean;
  /** Of the name as it is in the file. */
  nameBytes: number;
}

const END = { signature: 0x06054b50, bytes: 22, commentMax: 65535 };
const LOCATOR64 = { signature: 0x07064b50, bytes: 20 };
const END64 = { signature: 0x06064b50, bytes: 56 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
export const LOCAL = { signature: 0x04034b50, bytes: 30 };
const UNPACKS_MAX = 200;
const FILES_MAX = 21_000_000;
const UNIX = 3;
const LINK = 0xa000;

const refuse = (message: string, path = "", code = "bad_encoding"): never => {
  throw new ElectionGuardError(code, message, path);
};
const damaged = (): never => refuse("it is no zip file that can be read: its directory is damaged");

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function number64(view: DataView, at: number): number {
  const value = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
  return Number.isSafeInteger(value) ? value : damaged();
}

interface Directory {
  at: number;
  bytes: number;
  count: number;
}

/** The end record stands before a comment of any length that fits: the last place where all agrees is it. */
function findEnd(source: ByteSource): { at: number; view: DataView } {
  const bytes = Math.min(source.bytes, END.bytes + END.commentMax);
  const tail = new Uint8Array(source.read(source.bytes - bytes, bytes));
  const view = viewOf(tail);
  for (let at = bytes - END.bytes; at >= 0; at--) {
    if (view.getUint32(at, true) === END.signature && at + END.bytes + view.getUint16(at + 20, true) === bytes) {
      return { at: source.bytes - bytes + at, view: viewOf(tail.subarray(at)) };
    }
  }
  return refuse("it is no zip file that can be read: it has no directory");
}

function readEnd64(source: ByteSource, end: number): Directory & { end: number } {
  const locator = viewOf(source.read(Math.max(0, end - LOCATOR64.bytes), LOCATOR64.bytes));
  const at = locator.getUint32(0, true) === LOCATOR64.signature ? number64(locator, 8) : damaged();
  if (locator.getUint32(16, true) > 1 || at + END64.bytes > end - LOCATOR64.bytes) {
    damaged();
  }
  const view = viewOf(source.read(at, END64.bytes));
  if (view.getUint32(0, true) !== END64.signature || view.getUint32(16, true) !== 0) {
    damaged();
  }
  return { count: number64(view, 32), bytes: number64(view, 40), at: number64(view, 48), end: at };
}

function findDirectory(source: ByteSource): Directory {
  if (source.bytes < END.bytes) {
    refuse("it is no zip file that can be read: it is too short");
  }
  const { at, view } = findEnd(source);
  let found = {
    count: view.getUint16(10, true),
    bytes: view.getUint32(12, true),
    at: view.getUint32(16, true),
    end: at,
  };
  if (view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== 0) {
    refuse("it is no zip file that can be read: it is one part of several");
  }
  if (found.count === 0xffff || found.bytes === 0xffffffff || found.at === 0xffffffff) {
    found = readEnd64(source, at);
  }
  if (found.at + found.bytes !== found.end || found.count * CENTRAL.bytes > found.bytes) {
    damaged();
  }
  return found.count > FILES_MAX
    ? refuse(`it holds more than ${FILES_MAX} files`, "", "too_large")
    : found;
}

/** Sizes and places that do not fit 32 bits stand in the extra field, in this order, where their word is all ones. */
function widen(entry: ZipEntry, extra: DataView): void {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const id = extra.getUint16(at, true);
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (end > extra.byteLength) {
      damaged();
    }
    if (id === 1) {
      let next = at + 4;
      const take = (value: number) => {
        if (value !== 0xffffffff) {
          return value;
        }
        next += 8;
        return next <= end ? number64(extra, next - 8) : damaged();
      };
      entry.bytes = take(entry.bytes);
      entry.packed = take(entry.packed);
      entry.at = take(entry.at);
    }
    at = end;
  }
}

function readEntry(bytes: Uint8Array, at: number): { entry: ZipEntry; next: number; isLink: boolean } {
  const view = viewOf(bytes);
  if (at + CENTRAL.bytes > bytes.length || view.getUint32(at, true) !== CENTRAL.signature) {
    damaged();
  }
  const nameBytes = view.getUint16(at + 28, true);
  const extraAt = at + CENTRAL.bytes + nameBytes;
  const extraEnd = extraAt + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > bytes.length) {
    damaged();
  }
  const flags = view.getUint16(at + 8, true);
  const entry: ZipEntry = {
    name: nameOf(bytes.subarray(at + CENTRAL.bytes, extraAt)),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    bytes: view.getUint32(at + 24, true),
    at: view.getUint32(at + 42, true),
    isEncrypted: (flags & 0x41) !== 0,
    nameBytes,
  };
  widen(entry, viewOf(bytes.subarray(extraAt, extraEnd)));
  const isLink = bytes[at + 5] === UNIX && (view.getUint32(at + 38, true) >>> 16 & 0xf000) === LINK;
  return { entry, next, isLink };
}

function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("a file's name in it is not UTF-8", "", "out_of_range");
  }
}

const isFolder = (entry: ZipEntry) => entry.name.endsWith("/") && entry.bytes === 0;

function judge(entry: ZipEntry, isLink: boolean): void {
  if (isLink) {
    refuse("it is a symbolic link: a record holds its files", entry.name, "out_of_range");
  }
  if (isFolder(entry) && entry.name.slice(0, -1).split("/").some((step) => ["", ".", ".."].includes(step))) {
    refuse("its name leads out of the record", entry.name, "out_of_range");
  }
  if (Math.floor(entry.bytes / UNPACKS_MAX) > entry.packed) {
    refuse(`it declares more than ${UNPACKS_MAX} times the size it is packed to`, entry.name, "too_large");
  }
}

/** Entries that share bytes would unpack to more than their number times the file. */
function refuseOverlaps(entries: ZipEntry[], end: number): void {
  const byPlace = [...entries].sort((a, b) => a.at - b.at);
  byPlace.forEach((entry, i) => {
    const next = byPlace[i + 1]?.at ?? end;
    if (entry.at + LOCAL.bytes + entry.nameBytes + entry.packed > next) {
      refuse("entries of the zip file share their bytes", entry.name);
    }
  });
}

/** Files of the zip file, folders left out. What their names may be, how large each and which twice, the module judges. */
export function readDirectory(source: ByteSource): ZipEntry[] {
  const directory = findDirectory(source);
  const bytes = source.read(directory.at, directory.bytes);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < directory.count; i++) {
    const { entry, next, isLink } = readEntry(bytes, at);
    judge(entry, isLink);
    entries.push(entry);
    at = next;
  }
  if (at !== bytes.length) {
    damaged();
  }
  refuseOverlaps(entries, directory.at);
  return entries.filter((entry) => !isFolder(entry));
}
