// A program of those who use the package: compiled strictly against its types, and run.
import { ElectionGuardError, isSupported, load } from "electionguard";
import type { CiphertextBallot, ElectionFile, Guardian, PlaintextBallot, RecordReport, SubmittedBallot } from "electionguard";

const choosing = (object_id: string): PlaintextBallot => ({
  object_id,
  style_id: "ballot-style-1",
  contests: [{ object_id: "contest-1", ballot_selections: [{ object_id: "Oak", vote: 1 }] }],
});

async function voted(file: ElectionFile, id: string): Promise<SubmittedBallot> {
  const eg = await load({ workers: 1, kernel: "portable" });
  const election = await eg.openElection(file);
  const { withNonces } = await election.encrypt(choosing(id), { keepNonces: true, timestamp: 1_700_000_000 });
  const kept: CiphertextBallot | undefined = withNonces;
  if (kept === undefined) {
    throw new Error("there are no nonces");
  }
  await election.challenge(kept);
  await eg.close();
  return election.cast(kept);
}

function problem(fault: unknown): string {
  return fault instanceof ElectionGuardError ? `${fault.code} at ${fault.path}: ${fault.message}` : String(fault);
}

const { ok, missing } = isSupported();
console.log(ok, missing.length);
const eg = await load();
const guardian: Guardian = await eg.createGuardian({ id: "Ada", sequence_order: 1, number_of_guardians: 1, quorum: 1 });
const file = await eg.createElection({ party_names: [], candidate_names: ["Oak", "Elm"], guardians: [await guardian.record()], quorum: 1 });
const election = await eg.openElection(file);
const tally = await election.tally([await voted(file, "b-1"), await voted(file, "b-2")]);
const shares = [await guardian.share(tally)];
const rest = await eg.combineShares({ tally, shares });
const report: RecordReport = await eg.verifyRecord([...tally, ...rest], { onProgress: ({ done, total }) => void (done <= total) });
console.log(report.verified, report.counts.map(({ candidate, votes }) => `${candidate} ${votes}`).join(", "));
await election.verify({ ...election.cast(await voted(file, "b-3")), code: "00" }).catch((fault: unknown) => console.log(problem(fault)));
await eg.close();
