// Where an election has several ballots, the voter says which one.
import { useState } from "preact/hooks";
import t from "texts";
import type { Election } from "../engine";
import { Heading } from "../parts/heading";
import { ElectionFacts } from "./election_facts";
import { placesOf, type Style, type VoterManifest } from "./election_view";

interface StyleStepProps {
  election: Election;
  manifest: VoterManifest;
  onChosen(style: Style): void;
  onOther(): void;
}

export function StyleStep({ election, manifest, onChosen, onOther }: StyleStepProps) {
  const styles = manifest.ballot_styles;
  const [chosen, setChosen] = useState<string | null>(styles.length === 1 ? styles[0]!.object_id : null);
  const [isMissing, setMissing] = useState(false);
  const next = (event: Event): void => {
    event.preventDefault();
    const style = styles.find((one) => one.object_id === chosen);
    setMissing(style === undefined);
    if (style !== undefined) {
      onChosen(style);
    }
  };
  return (
    <form onSubmit={next}>
      <ElectionFacts election={election} manifest={manifest} onOther={onOther} />
      <fieldset>
        <legend>
          <Heading level={2} focus>
            {t.vote.style.title}
          </Heading>
        </legend>
        <p class="quiet">{t.vote.style.help}</p>
        {styles.map((style) => (
          <label key={style.object_id} class="choice">
            <input
              type="radio"
              name="style"
              checked={chosen === style.object_id}
              onChange={() => setChosen(style.object_id)}
            />
            <span>
              <bdi>{placesOf(style, manifest).join(", ")}</bdi>
              <small>
                <bdi>{style.object_id}</bdi>
              </small>
            </span>
          </label>
        ))}
      </fieldset>
      <div role="alert">{isMissing && <p class="warning">{t.vote.style.need}</p>}</div>
      <p>
        <button class="main">{t.vote.style.next}</button>
      </p>
    </form>
  );
}
