// One contest: its question and what can be chosen. More than allowed can be chosen, and is warned of.
import { useId } from "preact/hooks";
import t from "texts";
import { Name, nameOf } from "../parts/name";
import { chosenIn, isOver, toggled, writeInsTooLong, written, type Choices } from "./choices";
import type { ShownChoice, ShownContest } from "./election_view";

interface ContestProps {
  contest: ShownContest;
  choices: Choices;
  onChoices(choices: Choices): void;
}

function WriteIn({ contest, choice, choices, onChoices }: ContestProps & { choice: ShownChoice }) {
  const id = useId();
  const name = chosenIn(choices, contest.id).get(choice.id) ?? "";
  return (
    <div class="field inner">
      <label for={id}>{t.vote.choose.writeIn}</label>
      <input
        id={id}
        type="text"
        maxLength={120}
        autocomplete="off"
        value={name}
        onInput={(event) => onChoices(written(choices, contest.id, choice.id, event.currentTarget.value))}
      />
    </div>
  );
}

function Choice(props: ContestProps & { choice: ShownChoice }) {
  const { contest, choice, choices, onChoices } = props;
  const isChosen = chosenIn(choices, contest.id).has(choice.id);
  return (
    <>
      <label class="choice">
        <input type="checkbox" checked={isChosen} onChange={() => onChoices(toggled(choices, contest.id, choice.id))} />
        <span>
          <Name text={choice.name} orElse={choice.id} />
          {choice.party !== null && nameOf(choice.party, "").value !== "" && (
            <small>
              <Name text={choice.party} orElse="" />
            </small>
          )}
        </span>
      </label>
      {isChosen && choice.isWriteIn && <WriteIn {...props} />}
    </>
  );
}

export function Contest(props: ContestProps) {
  const { contest, choices } = props;
  const id = useId();
  const count = chosenIn(choices, contest.id).size;
  const over = isOver(choices, contest);
  return (
    <fieldset class="contest" aria-describedby={id}>
      <legend>
        <h3>
          <Name text={contest.title} orElse={contest.plainTitle} />
        </h3>
      </legend>
      <p id={id}>
        {nameOf(contest.subtitle, "").value !== "" && (
          <>
            <Name text={contest.subtitle} orElse="" />
            <br />
          </>
        )}
        {t.vote.choose.upTo(contest.limit)}
      </p>
      {contest.choices.map((choice) => (
        <Choice key={choice.id} {...props} choice={choice} />
      ))}
      <div aria-live="polite">
        {over ? (
          <p class="warning">{t.vote.choose.over(count, contest.limit)}</p>
        ) : (
          <p class="quiet">{t.vote.choose.count(count, contest.limit)}</p>
        )}
        {writeInsTooLong(choices, contest) && <p class="warning">{t.vote.choose.writeInLong}</p>}
      </div>
    </fieldset>
  );
}
