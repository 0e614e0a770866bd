// A key file and its pass phrase.
import { useState } from "preact/hooks";
import t from "texts";
import type { ElectionGuard } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { readJson } from "../files/read";
import { announce } from "../parts/announce";
import { Field } from "../parts/field";
import { FileField } from "../parts/file_field";
import { Progress } from "../parts/progress";
import { Trouble } from "../parts/trouble";
import type { OpenKey } from "./types";

interface KeyFile {
  name: string;
  text: string;
}

export function OpenKeyFile({ engine, onOpened }: { engine: ElectionGuard; onOpened(key: OpenKey): void }) {
  const [file, setFile] = useState<KeyFile | null>(null);
  const [phrase, setPhrase] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);

  async function choose(chosen: File): Promise<void> {
    setProblem(null);
    try {
      setFile({ name: chosen.name, text: await readJson(chosen, "key") });
    } catch (error) {
      setFile(null);
      setProblem(problemOf(error));
    }
  }

  async function open(event: Event): Promise<void> {
    event.preventDefault();
    if (file === null) {
      setProblem({ says: t.guardian.open.need });
      return;
    }
    setProblem(null);
    setWorking(true);
    try {
      const guardian = await engine.openGuardian(file.text, phrase);
      announce(t.guardian.open.opened);
      onOpened({ guardian, phrase, isNew: false });
    } catch (error) {
      setProblem(problemOf(error, t.guardian.open.bad));
      setWorking(false);
    }
  }

  return (
    <form onSubmit={(event) => void open(event)} autocomplete="off">
      <FileField label={t.guardian.open.label} help={t.guardian.open.labelHelp} onFiles={(files) => void choose(files[0]!)} />
      {file !== null && (
        <p role="status">
          <bdi>{t.guardian.open.chosen(file.name)}</bdi>
        </p>
      )}
      <Field label={t.guardian.open.phrase} type="password" autocomplete="current-password" value={phrase} onValue={setPhrase} />
      <Trouble problem={problem} />
      {isWorking ? (
        <Progress text={t.guardian.open.working} />
      ) : (
        <p>
          <button class="main">{t.guardian.open.open}</button>
        </p>
      )}
    </form>
  );
}
