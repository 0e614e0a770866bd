// A voter looks for a ballot.
import { useEffect, useId, useState } from "preact/hooks";
import t from "texts";
import type { RecordReport } from "../engine";
import { announce } from "../parts/announce";
import { Code } from "../parts/code";
import { search } from "./search";

const SHOWN = 50;

export function Find({ ballots }: { ballots: RecordReport["ballots"] }) {
  const id = useId();
  const [wanted, setWanted] = useState("");
  const found = search(ballots, wanted);
  const isAsked = wanted.trim() !== "";
  const said = !isAsked ? "" : found.length === 0 ? t.verify.find.none : t.verify.find.found(found.length, SHOWN);
  useEffect(() => {
    // not after each key
    const timer = setTimeout(() => said !== "" && announce(said), 700);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <h2>{t.verify.find.title}</h2>
      <div class="field">
        <label for={id}>{t.verify.find.label}</label>
        <input
          id={id}
          type="search"
          autocomplete="off"
          spellcheck={false}
          aria-describedby={`${id}-help`}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <p class="quiet" id={`${id}-help`}>
          {t.verify.find.help}
        </p>
      </div>
      {said !== "" && <p class="found">{said}</p>}
      {found.length > 0 && (
        <ul class="ballots">
          {found.slice(0, SHOWN).map((ballot) => (
            <li key={ballot.id}>
              <bdi>{ballot.id}</bdi> <strong>{ballot.counted ? t.verify.find.counted : t.verify.find.spoiled}</strong>
              <br />
              <Code code={ballot.code} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
