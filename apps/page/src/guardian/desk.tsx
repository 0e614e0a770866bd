// All that a guardian does with an open key, in the order of the ceremony. What was changed is saved before anything is handed out.
import { useEffect, useState } from "preact/hooks";
import t from "texts";
import { holdPage } from "../leaving";
import { Code } from "../parts/code";
import { Heading } from "../parts/heading";
import { Progress } from "../parts/progress";
import { GiveBackups } from "./give_backups";
import { GuardianTable } from "./guardian_table";
import { KeySaver } from "./key_saver";
import { OwnRecord } from "./own_record";
import { TakeFiles } from "./take_files";
import { TallyShares } from "./tally_shares";
import type { About, OpenKey } from "./types";

function CloseKey({ isDirty, onClose }: { isDirty: boolean; onClose(): void }) {
  const [isAsked, setAsked] = useState(false);
  if (isAsked && isDirty) {
    return (
      <div role="alert" class="trouble">
        <p>{t.guardian.desk.closeAsk}</p>
        <p class="buttons">
          <button type="button" onClick={() => setAsked(false)}>
            {t.guardian.desk.stay}
          </button>
          <button type="button" onClick={onClose}>
            {t.guardian.desk.closeAnyway}
          </button>
        </p>
      </div>
    );
  }
  return (
    <p>
      <button type="button" onClick={() => (isDirty ? setAsked(true) : onClose())}>
        {t.guardian.desk.close}
      </button>
    </p>
  );
}

export function Desk({ openKey, onClose }: { openKey: OpenKey; onClose(): void }) {
  const { guardian, phrase, isNew } = openKey;
  const [about, setAbout] = useState<About | null>(null);
  const [isDirty, setDirty] = useState(isNew);
  const look = async (): Promise<void> => setAbout(await guardian.about());
  const changed = async (): Promise<void> => {
    setDirty(true);
    await look();
  };
  useEffect(() => void look(), []);
  useEffect(() => {
    holdPage("guardian", isDirty);
    return () => holdPage("guardian", false);
  }, [isDirty]);
  if (about === null) {
    return <Progress text={t.guardian.open.working} />;
  }
  const own = about.known.find((one) => one.sequence_order === about.sequence_order)!;
  const hasAllRecords = about.known.length === about.number_of_guardians;
  const parts = { guardian, about, isDirty };
  return (
    <>
      <Heading level={2} focus>
        <bdi>{t.guardian.desk.who(about.id, about.sequence_order, about.number_of_guardians)}</bdi>
      </Heading>
      <p>{t.guardian.desk.quorum(about.quorum, about.number_of_guardians)}</p>
      <p>
        {t.guardian.desk.fingerprint}: <Code code={own.fingerprint.replaceAll(" ", "")} />
      </p>
      <KeySaver guardian={guardian} phrase={phrase} order={about.sequence_order} isDirty={isDirty} onSaved={() => setDirty(false)} />
      <OwnRecord {...parts} />
      {about.number_of_guardians > 1 && (
        <>
          <h2>{t.guardian.others.title}</h2>
          <p>{t.guardian.others.text}</p>
          <GuardianTable about={about} />
          <TakeFiles
            kind="record"
            texts={t.guardian.others}
            take={(text) => guardian.takeRecord(text)}
            bad={(name) => t.guardian.others.bad(name)}
            onTaken={changed}
          />
          {hasAllRecords && <p class="good">{t.guardian.others.all}</p>}
          <GiveBackups {...parts} hasAllRecords={hasAllRecords} />
          <h2>{t.guardian.take.title}</h2>
          <p>{t.guardian.take.text}</p>
          <TakeFiles
            kind="backup"
            texts={t.guardian.take}
            take={(text) => guardian.takeBackup(text)}
            bad={(name, sender) => (sender === null ? t.guardian.take.bad(name) : t.guardian.take.badFrom(name, sender))}
            onTaken={changed}
          />
          {about.known.every((one) => one.has_backup || one === own) && hasAllRecords && <p class="good">{t.guardian.take.all}</p>}
        </>
      )}
      <TallyShares {...parts} hasAllRecords={hasAllRecords} />
      <CloseKey isDirty={isDirty} onClose={onClose} />
    </>
  );
}
