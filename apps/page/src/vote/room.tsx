// From an election file to an encrypted ballot, step by step. One step is shown at a time; going back loses nothing.
import { useEffect, useState } from "preact/hooks";
import t from "texts";
import type { Election, ElectionGuard } from "../engine";
import { holdPage } from "../leaving";
import { Heading } from "../parts/heading";
import { randomBallotId } from "./ballot_id";
import { CastStep } from "./cast_step";
import type { Choices } from "./choices";
import { ChooseStep } from "./choose_step";
import { contestsOf, type Style } from "./election_view";
import { OpenStep } from "./open_step";
import { OpenedStep } from "./opened_step";
import { ReviewStep } from "./review_step";
import { SealedStep } from "./sealed_step";
import { StyleStep } from "./style_step";
import { manifestOf, type Sealed } from "./types";

type Step = "open" | "style" | "choose" | "review" | "sealed" | "cast" | "opened";

interface Booth {
  election: Election | null;
  style: Style | null;
  ballotId: string;
  choices: Choices;
  sealed: Sealed | null;
}

const empty = (election: Election | null): Booth => ({
  election,
  style: null,
  ballotId: randomBallotId(),
  choices: new Map(),
  sealed: null,
});

export function VoteRoom({ engine }: { engine: ElectionGuard }) {
  const [step, setStep] = useState<Step>("open");
  const [booth, setBooth] = useState<Booth>(() => empty(null));
  const put = (change: Partial<Booth>): void => setBooth((now) => ({ ...now, ...change }));
  useEffect(() => holdPage("vote", step === "choose" || step === "review" || booth.sealed !== null), [step, booth.sealed]);

  const opened = (election: Election): void => {
    const styles = manifestOf(election).ballot_styles;
    void booth.election?.close();
    setBooth({ ...empty(election), style: styles.length === 1 ? styles[0]! : null });
    setStep(styles.length === 1 ? "choose" : "style");
  };
  const otherElection = (): void => {
    void booth.election?.close();
    setBooth(empty(null));
    setStep("open");
  };
  // a new ballot by the same choices: after a test
  const again = (): void => {
    put({ sealed: null, ballotId: randomBallotId() });
    setStep("review");
  };
  const finish = (): void => {
    setBooth(empty(booth.election));
    setStep("style");
  };

  const { election, style, ballotId, choices, sealed } = booth;
  const manifest = election === null ? null : manifestOf(election);
  const contests = style === null || manifest === null ? [] : contestsOf(style, manifest);
  return (
    <>
      <Heading level={1}>{t.vote.title}</Heading>
      {(election === null || step === "open") && <OpenStep engine={engine} onOpened={opened} />}
      {election !== null && manifest !== null && (
        <>
          {step === "style" && (
            <StyleStep
              election={election}
              manifest={manifest}
              onChosen={(chosen) => {
                put({ style: chosen, choices: new Map() });
                setStep("choose");
              }}
              onOther={otherElection}
            />
          )}
          {style !== null && step === "choose" && (
            <ChooseStep
              election={election}
              manifest={manifest}
              contests={contests}
              choices={choices}
              ballotId={ballotId}
              onChoices={(next) => put({ choices: next })}
              onBallotId={(next) => put({ ballotId: next })}
              onReview={() => setStep("review")}
              onOther={otherElection}
            />
          )}
          {style !== null && step === "review" && (
            <ReviewStep
              election={election}
              style={style}
              contests={contests}
              choices={choices}
              ballotId={ballotId}
              onBack={() => setStep("choose")}
              onSealed={(made) => {
                put({ sealed: made });
                setStep("sealed");
              }}
            />
          )}
          {sealed !== null && step === "sealed" && (
            <SealedStep
              sealed={sealed}
              onCast={() => {
                // from here on nothing can open it
                put({ sealed: { ...sealed, withNonces: null }, choices: new Map() });
                setStep("cast");
              }}
              onChallenge={() => setStep("opened")}
            />
          )}
          {sealed !== null && step === "cast" && <CastStep election={election} sealed={sealed} onDone={finish} />}
          {sealed !== null && step === "opened" && (
            <OpenedStep election={election} sealed={sealed} contests={contests} choices={choices} onAgain={again} />
          )}
        </>
      )}
    </>
  );
}
