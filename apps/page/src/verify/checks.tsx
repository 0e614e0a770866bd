// Faults with their places, what each step covered, and what nothing vouches for.
import t from "texts";
import type { RecordReport } from "../engine";

export function Faults({ report }: { report: RecordReport }) {
  if (report.faults.length === 0) {
    return null;
  }
  const more = report.fault_total - report.faults.length;
  return (
    <>
      <h2>{t.verify.faults.title}</h2>
      <ol class="faults">
        {report.faults.map((fault, i) => (
          <li key={i}>
            <code>{fault.file || t.verify.faults.record}</code>
            {fault.path !== "" && (
              <>
                {" "}
                <code>{fault.path}</code>
              </>
            )}
            <br />
            {fault.message}
          </li>
        ))}
      </ol>
      {more > 0 && <p>{t.verify.faults.more(more)}</p>}
    </>
  );
}

export function Steps({ report }: { report: RecordReport }) {
  if (report.steps.length === 0) {
    return null;
  }
  const result = (step: RecordReport["steps"][number]): string =>
    step.faults > 0 ? t.verify.steps.bad(step.faults) : step.checked > 0 ? t.verify.steps.good : t.verify.steps.none;
  return (
    <details>
      <summary>{t.verify.steps.title}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.verify.steps.step}</th>
            <th scope="col" class="n">
              {t.verify.steps.checked}
            </th>
            <th scope="col">{t.verify.steps.result}</th>
          </tr>
        </thead>
        <tbody>
          {report.steps.map((step) => (
            <tr key={step.step} class={step.faults > 0 ? "bad" : undefined}>
              <th scope="row">{step.name}</th>
              <td class="n">
                {step.checked.toLocaleString()} {step.noun}
              </td>
              <td>{result(step)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

export function Uncovered() {
  return (
    <details>
      <summary>{t.verify.uncovered.title}</summary>
      <p>{t.verify.uncovered.text}</p>
      <ul>
        {t.verify.uncovered.rows.map(([file, fields, why]) => (
          <li key={`${file} ${fields}`}>
            <code>{file}</code> {fields}: {why}
          </li>
        ))}
      </ul>
    </details>
  );
}
