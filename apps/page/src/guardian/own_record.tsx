// The guardian's own record, for everybody.
import { useEffect, useState } from "preact/hooks";
import t from "texts";
import type { Guardian } from "../engine";
import { SaveButton } from "../parts/save_button";
import type { About } from "./types";

export function OwnRecord({ guardian, about, isDirty }: { guardian: Guardian; about: About; isDirty: boolean }) {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => void guardian.record().then((record) => setText(`${JSON.stringify(record)}\n`)), []);
  return (
    <>
      <h2>{t.guardian.record.title}</h2>
      <p>{about.number_of_guardians === 1 ? t.guardian.record.only : t.guardian.record.text}</p>
      {isDirty ? (
        <p class="warning">{t.guardian.desk.first}</p>
      ) : (
        text !== null && <SaveButton name={`record-${about.sequence_order}.json`} text={text} />
      )}
    </>
  );
}
