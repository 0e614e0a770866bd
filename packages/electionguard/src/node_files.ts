/** Records in Node.js: memory that threads share, or paths that each of them opens. */
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ElectionGuardError } from "./error.js";
import { stampOf } from "./node_stamp.js";
import type { RecordFiles, RecordSource } from "./record_types.js";
import type { SharedRecord } from "./shared_record.js";

async function bytesOf(given: Uint8Array | Blob): Promise<Uint8Array> {
  return given instanceof Blob ? new Uint8Array(await given.arrayBuffer()) : given;
}

async function joined(files: RecordFiles): Promise<SharedRecord> {
  const listed = files instanceof Map ? [...files].map(([name, bytes]) => ({ name, bytes })) : files;
  const parts = await Promise.all(listed.map(({ bytes }) => bytesOf(bytes)));
  const memory = new SharedArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  const places = parts.map((part, i) => {
    new Uint8Array(memory).set(part, at);
    at += part.length;
    return { name: listed[i]!.name, at: at - part.length, bytes: part.length };
  });
  return { kind: "files", bytes: { kind: "memory", memory }, files: places };
}

async function listFolder(path: string): Promise<SharedRecord> {
  const files: { name: string; bytes: number }[] = [];
  for (const folders = [""]; folders.length > 0; ) {
    const folder = folders.pop()!;
    for (const entry of await readdir(join(path, folder), { withFileTypes: true })) {
      const name = folder + entry.name;
      if (entry.isDirectory()) {
        folders.push(`${name}/`);
      } else if (entry.isFile()) {
        files.push({ name, bytes: (await lstat(join(path, name))).size });
      } else {
        throw new ElectionGuardError("out_of_range", "it is neither a file nor a folder: a record holds its files", name);
      }
    }
  }
  return { kind: "folder", path, files };
}

async function fromPath(path: string): Promise<SharedRecord> {
  try {
    const found = await stat(path, { bigint: true });
    return found.isDirectory()
      ? await listFolder(path)
      : { kind: "zip", bytes: { kind: "path", path, stamp: stampOf(found) } };
  } catch (fault) {
    if (fault instanceof ElectionGuardError) {
      throw fault;
    }
    const code = (fault as NodeJS.ErrnoException).code;
    throw new ElectionGuardError(code === "ENOENT" ? "not_found" : "unavailable", `it cannot be opened: ${code}`);
  }
}

export async function share(record: RecordSource): Promise<SharedRecord> {
  if (typeof record === "string") {
    return fromPath(record);
  }
  if (record instanceof Blob || record instanceof Uint8Array) {
    const bytes = await bytesOf(record);
    const memory = new SharedArrayBuffer(bytes.length);
    new Uint8Array(memory).set(bytes);
    return { kind: "zip", bytes: { kind: "memory", memory } };
  }
  return joined(record);
}
