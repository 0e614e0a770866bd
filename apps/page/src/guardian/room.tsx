// Without a key: make or open one. With it: the desk.
import { useState } from "preact/hooks";
import t from "texts";
import type { ElectionGuard } from "../engine";
import { announce } from "../parts/announce";
import { Heading } from "../parts/heading";
import { Desk } from "./desk";
import { NewKey } from "./new_key";
import { OpenKeyFile } from "./open_key";
import type { OpenKey } from "./types";

export function GuardianRoom({ engine }: { engine: ElectionGuard }) {
  const [key, setKey] = useState<OpenKey | null>(null);
  const close = (): void => {
    void key?.guardian.close();
    setKey(null);
    announce(t.guardian.desk.closed);
  };
  if (key !== null) {
    return (
      <>
        <Heading level={1}>{t.guardian.title}</Heading>
        <Desk openKey={key} onClose={close} />
      </>
    );
  }
  return (
    <>
      <Heading level={1}>{t.guardian.title}</Heading>
      <p class="lead">{t.guardian.intro}</p>
      <h2>{t.guardian.start.openTitle}</h2>
      <p>{t.guardian.start.openText}</p>
      <OpenKeyFile engine={engine} onOpened={setKey} />
      <h2>{t.guardian.start.newTitle}</h2>
      <p>{t.guardian.start.newText}</p>
      <NewKey engine={engine} onMade={setKey} />
    </>
  );
}
