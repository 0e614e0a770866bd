// Files as people hand them over: of any kind, size and state. Nothing is read that could not be what is asked for.
import t from "texts";
import { isZip, kindOf, type Kind } from "./kinds";
import { Refused } from "./problem";

const MB = 1e6;
/** As the module bounds them (docs/record.md, src/guardian/guardian.h). */
const MOST: Partial<Record<Kind, number>> = {
  election: 64 * MB,
  record: MB,
  backup: MB,
  key: 134 * MB,
};

async function bytesOf(blob: Blob, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    throw new Refused(t.file.unreadable(name));
  }
}

function refuseWrong(name: string, is: Kind, want: Kind): void {
  if (is !== want) {
    throw new Refused(t.file.wrong(name, t.file.kinds[is], t.file.kinds[want]));
  }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(t.file.cut(name));
  }
}

/** The text of a JSON file of that kind; Refused when it is none. */
export async function readJson(file: File, want: Kind): Promise<string> {
  const most = MOST[want] ?? MB;
  if (file.size === 0) {
    throw new Refused(t.file.empty(file.name));
  }
  if (isZip(await bytesOf(file.slice(0, 4), file.name))) {
    refuseWrong(file.name, "zip", want);
  }
  if (file.size > most) {
    throw new Refused(t.file.large(file.name, t.file.bytes(file.size), t.file.bytes(most)));
  }
  let text: string;
  const bytes = await bytesOf(file, file.name);
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused(t.file.noText(file.name));
  }
  refuseWrong(file.name, kindOf(parsed(text, file.name)), want);
  return text;
}

/** Throws Refused for what is no zip file: the package reads the rest of it. */
export async function checkZip(file: File): Promise<void> {
  if (file.size === 0) {
    throw new Refused(t.file.empty(file.name));
  }
  if (isZip(await bytesOf(file.slice(0, 4), file.name))) {
    return;
  }
  let is: Kind = "other";
  if (file.size <= MOST.election!) {
    try {
      is = kindOf(JSON.parse(await file.text()));
    } catch {
      is = "other";
    }
  }
  refuseWrong(file.name, is, "zip");
}
