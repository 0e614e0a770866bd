// What the tests share: the package as it was built, and an election that it made.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { load } from "../../build/package/dist/node.js";

export { ElectionGuardError, isSupported, load } from "../../build/package/dist/node.js";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PACKAGE = join(ROOT, "build", "package");
export const recordPath = (name) => join(ROOT, "tests", "data", "records", `${name}.zip`);

/** For one test: closed behind it. */
export async function loaded(t, options = { workers: 1 }) {
  const eg = await load(options);
  t.after(() => eg.close());
  return eg;
}

export const TREES = { party_names: ["Green"], candidate_names: ["Oak", "Elm", "Fir", "Ash"] };

/** Guardians in number, their records with each other. */
export async function guardiansOf(eg, count, quorum) {
  const guardians = [];
  for (let order = 1; order <= count; order++) {
    const made = { id: `guardian-${order}`, sequence_order: order, number_of_guardians: count, quorum };
    guardians.push(await eg.createGuardian(made));
  }
  const records = await Promise.all(guardians.map((guardian) => guardian.record()));
  for (const guardian of guardians) {
    for (const record of records) {
      await guardian.takeRecord(record);
    }
  }
  return { guardians, records };
}

export async function electionOf(eg, names = TREES, count = 1, quorum = 1) {
  const { guardians, records } = await guardiansOf(eg, count, quorum);
  const file = await eg.createElection({ ...names, guardians: records, quorum });
  return { guardians, records, file, election: await eg.openElection(file) };
}

export function vote(object_id, ...chosen) {
  const ballot_selections = chosen.map((name) => ({ object_id: name, vote: 1 }));
  return { object_id, style_id: "ballot-style-1", contests: [{ object_id: "contest-1", ballot_selections }] };
}

/** A deep copy with one place changed. */
export function changed(object, path, edit) {
  const copy = structuredClone(object);
  const place = path.slice(0, -1).reduce((at, step) => at[step], copy);
  place[path.at(-1)] = edit(place[path.at(-1)]);
  return copy;
}

export const otherDigit = (hex) => hex.slice(0, -1) + (hex.endsWith("0") ? "1" : "0");

export const readRecord = (name) => readFileSync(recordPath(name));
