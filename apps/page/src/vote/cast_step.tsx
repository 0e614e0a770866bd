// A cast ballot is handed out, or sent where the page was built for. It stays here until the voter is done with it.
import { useEffect, useState } from "preact/hooks";
import t from "texts";
import { castHost, castUrl, post } from "../cast_target";
import type { Election } from "../engine";
import { nameFor } from "../files/save";
import { announce } from "../parts/announce";
import { Heading } from "../parts/heading";
import { Progress } from "../parts/progress";
import { SaveButton } from "../parts/save_button";
import { Confirmation } from "./confirmation";
import type { Sealed } from "./types";

type Sending = { at: "idle" } | { at: "sending" } | { at: "sent" } | { at: "failed"; status: number };

function useSending(text: string): [Sending, () => void] {
  const [sending, setSending] = useState<Sending>({ at: castUrl === null ? "idle" : "sending" });
  const send = (): void => {
    setSending({ at: "sending" });
    void post(text).then((status) => {
      const isTaken = status >= 200 && status < 300;
      setSending(isTaken ? { at: "sent" } : { at: "failed", status });
      announce(isTaken ? t.vote.cast.sent(castHost) : status === 0 ? t.vote.cast.unreached : t.vote.cast.refused(status));
    });
  };
  useEffect(() => {
    if (castUrl !== null) {
      send();
    }
  }, []);
  return [sending, send];
}

function Sent({ sending, onAgain }: { sending: Sending; onAgain(): void }) {
  switch (sending.at) {
    case "sending":
      return <Progress text={t.vote.cast.sending} />;
    case "sent":
      return (
        <p class="verdict good">
          <span aria-hidden="true">✓ </span>
          {t.vote.cast.sent(castHost)}
        </p>
      );
    case "failed":
      return (
        <>
          <p class="verdict bad">{sending.status === 0 ? t.vote.cast.unreached : t.vote.cast.refused(sending.status)}</p>
          <p>
            <button type="button" class="main" onClick={onAgain}>
              {t.vote.cast.again}
            </button>
          </p>
        </>
      );
    default:
      return null;
  }
}

function Finish({ isSafe, onDone }: { isSafe: boolean; onDone(): void }) {
  const [isAsked, setAsked] = useState(false);
  if (isAsked && !isSafe) {
    return (
      <div role="alert" class="trouble">
        <p>{t.vote.cast.doneUnsaved}</p>
        <p class="buttons">
          <button type="button" onClick={() => setAsked(false)}>
            {t.vote.cast.stay}
          </button>
          <button type="button" onClick={onDone}>
            {t.vote.cast.doneAnyway}
          </button>
        </p>
      </div>
    );
  }
  return (
    <p>
      <button type="button" onClick={() => (isSafe ? onDone() : setAsked(true))}>
        {t.vote.cast.done}
      </button>
    </p>
  );
}

export function CastStep({ election, sealed, onDone }: { election: Election; sealed: Sealed; onDone(): void }) {
  const [isSaved, setSaved] = useState(false);
  const text = `${JSON.stringify(election.cast(sealed.ballot))}\n`;
  const [sending, send] = useSending(text);
  return (
    <>
      <Heading level={2} focus>
        {t.vote.cast.fileTitle}
      </Heading>
      {castUrl === null ? <p>{t.vote.cast.fileText}</p> : <Sent sending={sending} onAgain={send} />}
      <SaveButton name={`ballot-${nameFor(sealed.id)}.json`} text={text} main={castUrl === null} onSaved={() => setSaved(true)} />
      <Confirmation code={sealed.code} />
      <p>{t.vote.cast.keep}</p>
      <p class="quiet">{t.vote.cast.forgot}</p>
      <Finish isSafe={isSaved || sending.at === "sent"} onDone={onDone} />
    </>
  );
}
