// The program beside the package: its commands, and a service that runs for as long as a test.
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support.mjs";

const PROGRAM = process.env.EGSERVE ?? join(ROOT, "build", "egserve");

/** Runs a command to its end. options.passphrase: for --passphrase-fd 3. */
export function egserve(args, { passphrase, folder } = {}) {
  const stdio = ["ignore", "pipe", "pipe"];
  if (passphrase !== undefined) {
    writeFileSync(join(folder, "passphrase"), `${passphrase}\n`);
    stdio.push(openSync(join(folder, "passphrase")));
    args = [...args, "--passphrase-fd=3"];
  }
  const { status, stdout, stderr } = spawnSync(PROGRAM, args, { encoding: "utf8", stdio, cwd: folder, maxBuffer: 1 << 28 });
  stdio.slice(3).forEach(closeSync);
  return { status, stdout, stderr };
}

/** A service on a free port, ended behind the test; its URL. */
export async function service(t, ...flags) {
  const args = ["serve", "--bind", "127.0.0.1:0", "--workers=1", ...flags];
  const server = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "ignore"] });
  t.after(() => server.kill());
  for await (const line of createInterface(server.stdout)) {
    const found = /listening on (http:\S+)/.exec(line);
    if (found) {
      return found[1];
    }
  }
  throw new Error("the service did not start");
}

export async function post(url, path, body) {
  const response = await fetch(url + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** The fields of an election from names, as requests have them. */
export function fieldsOf({ context }, names) {
  return {
    ...names,
    joint_public_key: BigInt(`0x${context.elgamal_public_key}`).toString(),
    commitment_hash: BigInt(`0x${context.commitment_hash}`).toString(),
    number_of_guardians: context.number_of_guardians,
    quorum: context.quorum,
  };
}
