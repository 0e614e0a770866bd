/** A record as workers are handed it: nothing is copied for each of them. */
import { Windowed, type ByteSource } from "./byte_source.js";
import { readDirectory } from "./zip_directory.js";
import { readEntry } from "./zip.js";

/** Node.js: memory that threads share, or a file that is still the one that was looked at. */
export type SharedBytes =
  | { kind: "blob"; blob: Blob }
  | { kind: "memory"; memory: SharedArrayBuffer }
  | { kind: "path"; path: string; stamp?: string };

export type SharedRecord =
  | { kind: "zip"; bytes: SharedBytes }
  /** Files one behind the other. */
  | { kind: "files"; bytes: SharedBytes; files: { name: string; at: number; bytes: number }[] }
  | { kind: "folder"; path: string; files: { name: string; bytes: number }[] };

/** How this worker reads what it was handed. */
export type OpenBytes = (bytes: SharedBytes) => ByteSource;

/** The files of a record, by their places in the list. */
export interface OpenRecord {
  readonly files: { name: string; bytes: number }[];
  read(entry: number, out: Uint8Array): boolean;
  close(): void;
}

function openZip(source: ByteSource): OpenRecord {
  const entries = readDirectory(source);
  return {
    files: entries.map(({ name, bytes }) => ({ name, bytes })),
    read: (entry, out) => readEntry(source, entries[entry]!, out),
    close: () => source.close(),
  };
}

function readWhole(source: ByteSource, at: number, out: Uint8Array): boolean {
  out.set(source.read(at, out.length));
  return true;
}

export function openRecord(record: SharedRecord, open: OpenBytes): OpenRecord {
  if (record.kind === "folder") {
    const one = (name: string, out: Uint8Array) => {
      const source = open({ kind: "path", path: `${record.path}/${name}` });
      try {
        return source.bytes === out.length && readWhole(source, 0, out);
      } finally {
        source.close();
      }
    };
    return { files: record.files, read: (entry, out) => one(record.files[entry]!.name, out), close: () => {} };
  }
  const source = new Windowed(open(record.bytes));
  if (record.kind === "zip") {
    return openZip(source);
  }
  return {
    files: record.files.map(({ name, bytes }) => ({ name, bytes })),
    read: (entry, out) => readWhole(source, record.files[entry]!.at, out),
    close: () => source.close(),
  };
}

