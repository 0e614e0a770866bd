// What was found in a record.
import t from "texts";
import type { RecordReport } from "../engine";
import { Heading } from "../parts/heading";
import { Counts } from "./counts";
import { Find } from "./find";
import { Faults, Steps, Uncovered } from "./checks";

function Verdict({ report }: { report: RecordReport }) {
  const text = report.unreadable ? t.verify.unreadable : report.verified ? t.verify.good : t.verify.bad(report.fault_total);
  return (
    <p class={report.verified ? "verdict good" : "verdict bad"}>
      <span aria-hidden="true">{report.verified ? "✓ " : "✗ "}</span>
      {text}
    </p>
  );
}

export function Report({ report, name, sha256 }: { report: RecordReport; name: string; sha256: string | null }) {
  const counted = report.ballots.filter((ballot) => ballot.counted).length;
  return (
    <>
      <Heading level={2} focus>
        <bdi>{name}</bdi>
      </Heading>
      <Verdict report={report} />
      {report.ballots.length > 0 && <p>{t.verify.ballots(counted, report.ballots.length - counted)}</p>}
      <Faults report={report} />
      <Counts report={report} />
      {report.ballots.length > 0 && <Find ballots={report.ballots} />}
      <Steps report={report} />
      <Uncovered />
      {sha256 !== null && (
        <>
          <h2>{t.verify.sha}</h2>
          <p>
            <code class="code">{sha256}</code>
          </p>
          <p class="quiet">{t.verify.shaHelp}</p>
        </>
      )}
    </>
  );
}
