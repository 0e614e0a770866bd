/** A record verified by several workers: each does the proofs of its part of the ballots, number 0 all the rest. */
import type { Connection } from "./connection.js";
import type { RecordProgress, RecordReport, VerifyOptions } from "./record_types.js";
import type { SharedRecord } from "./shared_record.js";

type Part = Pick<RecordReport, "verified" | "unreadable" | "fault_total" | "faults">;

const FAULTS_MAX = 100;

/** The step that the first unfinished worker is in, over all that are in it. */
function progressOf(states: (RecordProgress | undefined)[], isDone: boolean[]): RecordProgress | undefined {
  const lead = states.find((_, i) => !isDone[i]);
  const same = states.filter((state) => state !== undefined && state.step === lead?.step) as RecordProgress[];
  return (
    lead && {
      step: lead.step,
      done: same.reduce((sum, state) => sum + state.done, 0),
      total: same.reduce((sum, state) => sum + state.total, 0),
    }
  );
}

function merged(first: RecordReport, others: Part[]): RecordReport {
  const found = others.flatMap((part) => part.faults);
  const steps = first.steps.map((step) => ({
    ...step,
    faults: step.faults + found.filter((fault) => fault.step === step.step).length,
  }));
  const all = [first, ...others];
  return {
    ...first,
    steps,
    verified: all.every((part) => part.verified),
    unreadable: all.some((part) => part.unreadable),
    fault_total: all.reduce((sum, part) => sum + part.fault_total, 0),
    faults: [...first.faults, ...found].slice(0, FAULTS_MAX),
  };
}

export async function verifyWith(
  workers: Connection[],
  record: SharedRecord,
  { onProgress, closed = false }: VerifyOptions,
): Promise<RecordReport> {
  const states: (RecordProgress | undefined)[] = workers.map(() => undefined);
  const isDone = workers.map(() => false);
  const tell = (part: number, progress: RecordProgress) => {
    states[part] = progress;
    const all = progressOf(states, isDone);
    if (all !== undefined) {
      onProgress?.(all);
    }
  };
  const parts = workers.map(async (worker, part) => {
    const report = await worker.call<Part>(
      "record.verify",
      { part, parts: workers.length, closed },
      { record, onProgress: (progress) => tell(part, progress) },
    );
    isDone[part] = true;
    return report;
  });
  const [first, ...others] = await Promise.all(parts);
  return merged(first as RecordReport, others);
}
