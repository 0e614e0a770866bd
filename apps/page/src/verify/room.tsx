// A record is chosen, checked with progress, and what was found is shown.
import { useRef, useState } from "preact/hooks";
import t from "texts";
import type { ElectionGuard, RecordReport } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { checkZip } from "../files/read";
import { announce } from "../parts/announce";
import { FileField } from "../parts/file_field";
import { Heading } from "../parts/heading";
import { Progress } from "../parts/progress";
import { Trouble } from "../parts/trouble";
import { sha256Of } from "./digest";
import { Report } from "./report";

type Stage =
  | { at: "choose"; problem: Problem | null; stopped?: boolean }
  | { at: "working"; step: string; done: number; total: number }
  | { at: "done"; report: RecordReport; name: string; sha256: string | null };

export function VerifyRoom({ engine }: { engine: ElectionGuard }) {
  const [stage, setStage] = useState<Stage>({ at: "choose", problem: null });
  const stop = useRef(new AbortController());

  async function check(file: File): Promise<void> {
    const control = (stop.current = new AbortController());
    setStage({ at: "working", step: t.verify.step, done: 0, total: 0 });
    try {
      await checkZip(file);
      const report = await engine.verifyRecord(file, {
        signal: control.signal,
        onProgress: (now) => !control.signal.aborted && setStage({ at: "working", ...now }),
      });
      const sha256 = await sha256Of(file);
      announce(report.verified ? t.verify.goodSaid : t.verify.bad(report.fault_total));
      setStage({ at: "done", report, name: file.name, sha256 });
    } catch (error) {
      const isStopped = control.signal.aborted;
      setStage({ at: "choose", problem: isStopped ? null : problemOf(error, t.verify.unreadable), stopped: isStopped });
    }
  }

  return (
    <>
      <Heading level={1}>{t.verify.title}</Heading>
      {stage.at === "choose" && (
        <>
          <p class="lead">{t.verify.intro}</p>
          <Trouble problem={stage.problem} />
          {stage.stopped && <p role="status">{t.wait.cancelled}</p>}
          <FileField label={t.verify.label} accept=".zip" onFiles={(files) => void check(files[0]!)} />
        </>
      )}
      {stage.at === "working" && (
        <Progress text={t.verify.stepOf(stage.step)} done={stage.done} total={stage.total} onStop={() => stop.current.abort()} />
      )}
      {stage.at === "done" && (
        <>
          <Report report={stage.report} name={stage.name} sha256={stage.sha256} />
          <p>
            <button type="button" onClick={() => setStage({ at: "choose", problem: null })}>
              {t.verify.other}
            </button>
          </p>
        </>
      )}
    </>
  );
}
