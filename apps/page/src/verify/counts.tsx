// Votes, contest by contest.
import t from "texts";
import type { RecordReport } from "../engine";

type Count = RecordReport["counts"][number];

function byContest(counts: readonly Count[]): Count[][] {
  const contests = new Map<string, Count[]>();
  for (const count of counts) {
    contests.set(count.contest_id, [...(contests.get(count.contest_id) ?? []), count]);
  }
  return [...contests.values()];
}

function Contest({ counts }: { counts: Count[] }) {
  const most = Math.max(1, ...counts.map((count) => count.votes));
  const first = counts[0]!;
  return (
    <table class="counts">
      <caption>
        <bdi>{first.contest || first.contest_id}</bdi>
      </caption>
      <thead>
        <tr>
          <th scope="col">{t.verify.candidate}</th>
          <td aria-hidden="true" />
          <th scope="col" class="n">
            {t.verify.votes}
          </th>
        </tr>
      </thead>
      <tbody>
        {counts.map((count) => (
          <tr key={count.selection_id}>
            <th scope="row">
              <bdi>{count.candidate || count.selection_id}</bdi>
            </th>
            <td class="wide" aria-hidden="true">
              <meter min={0} max={most} value={count.votes} />
            </td>
            <td class="n">{count.votes.toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Counts({ report }: { report: RecordReport }) {
  if (report.counts.length === 0) {
    return null;
  }
  return (
    <>
      <h2>{t.verify.results}</h2>
      {!report.verified && <p class="warning">{t.verify.resultsBad}</p>}
      {byContest(report.counts).map((counts) => (
        <Contest key={counts[0]!.contest_id} counts={counts} />
      ))}
    </>
  );
}
