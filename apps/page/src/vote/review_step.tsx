// What was chosen, once more, before it is encrypted.
import { useState } from "preact/hooks";
import t from "texts";
import type { Election } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { Heading } from "../parts/heading";
import { Name } from "../parts/name";
import { Progress } from "../parts/progress";
import { Trouble } from "../parts/trouble";
import { ballotOf, chosenIn, isOver, type Choices } from "./choices";
import type { ShownContest, Style } from "./election_view";
import type { Sealed } from "./types";

interface ReviewStepProps {
  election: Election;
  style: Style;
  contests: ShownContest[];
  choices: Choices;
  ballotId: string;
  onBack(): void;
  onSealed(sealed: Sealed): void;
}

function Reviewed({ contest, choices }: { contest: ShownContest; choices: Choices }) {
  const chosen = chosenIn(choices, contest.id);
  const fewer = contest.limit - chosen.size;
  return (
    <div class="reviewed">
      <h3>
        <Name text={contest.title} orElse={contest.plainTitle} />
      </h3>
      {chosen.size === 0 ? (
        <p>{t.vote.review.none}</p>
      ) : (
        <ul>
          {contest.choices
            .filter((choice) => chosen.has(choice.id))
            .map((choice) => (
              <li key={choice.id}>
                <Name text={choice.name} orElse={choice.id} />
                {chosen.get(choice.id)!.trim() !== "" && (
                  <>
                    : <bdi>{chosen.get(choice.id)}</bdi>
                  </>
                )}
              </li>
            ))}
        </ul>
      )}
      {fewer > 0 && <p class="quiet">{t.vote.review.fewer(fewer)}</p>}
      {fewer < 0 && <p class="warning">{t.vote.review.over}</p>}
    </div>
  );
}

export function ReviewStep({ election, style, contests, choices, ballotId, onBack, onSealed }: ReviewStepProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);
  const [isConfirmed, setConfirmed] = useState(false);
  const isAnyOver = contests.some((contest) => isOver(choices, contest));

  async function encrypt(event: Event): Promise<void> {
    event.preventDefault();
    if (isAnyOver && !isConfirmed) {
      setProblem({ says: t.vote.review.overNeed });
      return;
    }
    setProblem(null);
    setWorking(true);
    try {
      const plain = ballotOf(ballotId, style.object_id, contests, choices);
      const made = await election.encrypt(plain, { keepNonces: true });
      onSealed({ id: ballotId, code: made.code, ballot: made.ballot, withNonces: made.withNonces ?? null });
    } catch (error) {
      setProblem(problemOf(error));
      setWorking(false);
    }
  }

  return (
    <form onSubmit={(event) => void encrypt(event)}>
      <Heading level={2} focus>
        {t.vote.review.title}
      </Heading>
      <p class="quiet">{t.vote.review.text}</p>
      {contests.map((contest) => (
        <Reviewed key={contest.id} contest={contest} choices={choices} />
      ))}
      {isAnyOver && (
        <label class="choice">
          <input type="checkbox" checked={isConfirmed} onChange={() => setConfirmed(!isConfirmed)} />
          <span>{t.vote.review.overConfirm}</span>
        </label>
      )}
      <Trouble problem={problem} />
      {isWorking ? (
        <Progress text={t.vote.review.working} />
      ) : (
        <p class="buttons">
          <button class="main">{t.vote.review.encrypt}</button>
          <button type="button" onClick={onBack}>
            {t.vote.review.change}
          </button>
        </p>
      )}
    </form>
  );
}
