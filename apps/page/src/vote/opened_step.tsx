// A tested ballot: opened with its nonces, beside what was chosen. It can never be cast.
import { useEffect, useState } from "preact/hooks";
import t from "texts";
import type { Election } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { nameFor } from "../files/save";
import { announce } from "../parts/announce";
import { Heading } from "../parts/heading";
import { Name } from "../parts/name";
import { Progress } from "../parts/progress";
import { SaveButton } from "../parts/save_button";
import { Trouble } from "../parts/trouble";
import { hasWriteIns, type Choices, type PlainBallot } from "./choices";
import { compare, type Compared } from "./compare";
import { Confirmation } from "./confirmation";
import type { ShownContest } from "./election_view";
import type { Sealed } from "./types";

interface OpenedStepProps {
  election: Election;
  sealed: Sealed;
  contests: ShownContest[];
  choices: Choices;
  onAgain(): void;
}

function Selections({ contest, ids }: { contest: ShownContest; ids: string[] }) {
  if (ids.length === 0) {
    return <>{t.vote.opened.nothing}</>;
  }
  return (
    <ul>
      {contest.choices
        .filter((choice) => ids.includes(choice.id))
        .map((choice) => (
          <li key={choice.id}>
            <Name text={choice.name} orElse={choice.id} />
          </li>
        ))}
    </ul>
  );
}

function Table({ rows }: { rows: Compared[] }) {
  return (
    <table class="compared">
      <thead>
        <tr>
          <th scope="col">{t.vote.opened.contest}</th>
          <th scope="col">{t.vote.opened.chosen}</th>
          <th scope="col">{t.vote.opened.holds}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.contest.id} class={row.isSame ? undefined : "bad"}>
            <th scope="row">
              <Name text={row.contest.title} orElse={row.contest.plainTitle} />
            </th>
            <td data-label={t.vote.opened.chosen}>
              <Selections contest={row.contest} ids={row.chosen} />
              {row.isOver && <p class="quiet">{t.vote.opened.over}</p>}
            </td>
            <td data-label={t.vote.opened.holds}>
              <Selections contest={row.contest} ids={row.holds} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Verdict({ isGood }: { isGood: boolean }) {
  return (
    <p class={isGood ? "verdict good" : "verdict bad"}>
      <span aria-hidden="true">{isGood ? "✓ " : "✗ "}</span>
      {isGood ? t.vote.opened.good : t.vote.opened.bad}
    </p>
  );
}

export function OpenedStep({ election, sealed, contests, choices, onAgain }: OpenedStepProps) {
  const [rows, setRows] = useState<Compared[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    void election
      .challenge(sealed.withNonces!)
      .then(({ code, ballot }) => {
        const found = compare(contests, choices, ballot as unknown as PlainBallot);
        const isGood = code === sealed.code && found.every((row) => row.isSame);
        announce(isGood ? t.vote.opened.good : t.vote.opened.bad);
        setRows(found);
        if (code !== sealed.code) {
          setProblem({ says: t.vote.opened.bad });
        }
      })
      .catch((error: unknown) => setProblem(problemOf(error, t.vote.opened.bad)));
  }, []);
  const id = nameFor(sealed.id);
  return (
    <>
      <Heading level={2} focus>
        {t.vote.opened.title}
      </Heading>
      {rows === null && problem === null && <Progress text={t.vote.opened.working} />}
      <Trouble problem={problem} />
      {rows !== null && (
        <>
          {problem === null && <Verdict isGood={rows.every((row) => row.isSame)} />}
          <Table rows={rows} />
          {hasWriteIns(choices) && <p class="quiet">{t.vote.opened.writeIns}</p>}
        </>
      )}
      <Confirmation code={sealed.code} />
      <p>{t.vote.opened.save}</p>
      <SaveButton name={`ballot-${id}.json`} text={`${JSON.stringify(election.spoil(sealed.ballot))}\n`} />
      <p>{t.vote.opened.saveOpen}</p>
      <SaveButton name={`opened-${id}.json`} text={`${JSON.stringify(sealed.withNonces)}\n`} />
      <h2>{t.vote.opened.again}</h2>
      <p>{t.vote.opened.againText}</p>
      <p>
        <button type="button" class="main" onClick={onAgain}>
          {t.vote.opened.again}
        </button>
      </p>
    </>
  );
}
