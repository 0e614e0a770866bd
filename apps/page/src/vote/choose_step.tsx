// All contests of the voter's ballot.
import { useId, useState } from "preact/hooks";
import t from "texts";
import type { Election } from "../engine";
import { Heading } from "../parts/heading";
import { isBallotId, randomBallotId } from "./ballot_id";
import { writeInsTooLong, type Choices } from "./choices";
import { Contest } from "./contest";
import { ElectionFacts } from "./election_facts";
import type { ShownContest, VoterManifest } from "./election_view";

interface ChooseStepProps {
  election: Election;
  manifest: VoterManifest;
  contests: ShownContest[];
  choices: Choices;
  ballotId: string;
  onChoices(choices: Choices): void;
  onBallotId(id: string): void;
  onReview(): void;
  onOther(): void;
}

function BallotId({ ballotId, onBallotId }: Pick<ChooseStepProps, "ballotId" | "onBallotId">) {
  const id = useId();
  const isGood = isBallotId(ballotId);
  // what is wrong is never folded away, and nothing folds while somebody types
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen || !isGood} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.vote.id.summary}</summary>
      <div class="field">
        <label for={id}>{t.vote.id.label}</label>
        <input
          id={id}
          type="text"
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-help`}
          aria-invalid={!isGood}
          value={ballotId}
          onInput={(event) => onBallotId(event.currentTarget.value)}
        />
        <p class={isGood ? "quiet" : "warning"} id={`${id}-help`}>
          {isGood ? t.vote.id.help : t.vote.id.bad}
        </p>
        <button type="button" onClick={() => onBallotId(randomBallotId())}>
          {t.vote.id.again}
        </button>
      </div>
    </details>
  );
}

export function ChooseStep(props: ChooseStepProps) {
  const { election, manifest, contests, choices, onChoices, ballotId, onReview } = props;
  const [problem, setProblem] = useState("");
  const review = (event: Event): void => {
    event.preventDefault();
    const says = !isBallotId(ballotId)
      ? t.vote.id.bad
      : contests.some((contest) => writeInsTooLong(choices, contest))
        ? t.vote.choose.writeInLong
        : "";
    setProblem(says);
    if (says === "") {
      onReview();
    }
  };
  return (
    <form onSubmit={review} autocomplete="off">
      <ElectionFacts election={election} manifest={manifest} onOther={props.onOther} />
      <Heading level={2} focus>
        {t.vote.choose.title}
      </Heading>
      {contests.map((contest) => (
        <Contest key={contest.id} contest={contest} choices={choices} onChoices={onChoices} />
      ))}
      <BallotId ballotId={ballotId} onBallotId={props.onBallotId} />
      <div role="alert">{problem !== "" && <p class="warning">{problem}</p>}</div>
      <p>
        <button class="main">{t.vote.choose.review}</button>
      </p>
    </form>
  );
}
