// The key file, sealed anew after each change.
import { useState } from "preact/hooks";
import t from "texts";
import type { Guardian } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { save } from "../files/save";
import { announce } from "../parts/announce";
import { Progress } from "../parts/progress";
import { Trouble } from "../parts/trouble";

interface KeySaverProps {
  guardian: Guardian;
  phrase: string;
  order: number;
  isDirty: boolean;
  onSaved(): void;
}

export function KeySaver({ guardian, phrase, order, isDirty, onSaved }: KeySaverProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);
  const name = `guardian-${order}.key`;
  async function seal(): Promise<void> {
    setProblem(null);
    setWorking(true);
    try {
      save(name, await guardian.seal(phrase));
      announce(t.guardian.desk.saved(name));
      onSaved();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setWorking(false);
  }
  return (
    <div class={isDirty ? "keeper dirty" : "keeper"}>
      {isDirty ? (
        <>
          <p class="warning">{t.guardian.desk.unsaved}</p>
          <p class="more">{t.guardian.desk.unsavedText}</p>
        </>
      ) : (
        <p>{t.guardian.desk.saved(name)}</p>
      )}
      <Trouble problem={problem} />
      {isWorking ? (
        <Progress text={t.guardian.desk.saving} />
      ) : (
        <p>
          <button type="button" class={isDirty ? "main" : undefined} onClick={() => void seal()}>
            {t.guardian.desk.save(name)}
          </button>
        </p>
      )}
    </div>
  );
}
