// A backup for each of the others.
import { useState } from "preact/hooks";
import t from "texts";
import type { Guardian } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { Progress } from "../parts/progress";
import { SaveButton } from "../parts/save_button";
import { Trouble } from "../parts/trouble";
import type { About } from "./types";

interface GiveBackupsProps {
  guardian: Guardian;
  about: About;
  isDirty: boolean;
  hasAllRecords: boolean;
}

interface Made {
  order: number;
  id: string;
  text: string;
}

function Backups({ made, from }: { made: Made[]; from: number }) {
  return (
    <ul class="files">
      {made.map((backup) => (
        <li key={backup.order}>
          <bdi>{t.guardian.give.for(backup.order, backup.id)}</bdi>
          <SaveButton name={`backup-${from}-${backup.order}.json`} text={backup.text} />
        </li>
      ))}
    </ul>
  );
}

export function GiveBackups({ guardian, about, isDirty, hasAllRecords }: GiveBackupsProps) {
  const [made, setMade] = useState<Made[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);

  async function make(): Promise<void> {
    setProblem(null);
    setWorking(true);
    try {
      const all: Made[] = [];
      for (const { sequence_order: order, id } of about.known.filter((one) => one.sequence_order !== about.sequence_order)) {
        all.push({ order, id, text: `${JSON.stringify(await guardian.makeBackup(order))}\n` });
      }
      setMade(all);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setWorking(false);
  }

  const isReady = hasAllRecords && !isDirty;
  return (
    <>
      <h2>{t.guardian.give.title}</h2>
      <p>{t.guardian.give.text}</p>
      {!isReady && <p class="warning">{hasAllRecords ? t.guardian.desk.first : t.guardian.give.need}</p>}
      <Trouble problem={problem} />
      {isWorking && <Progress text={t.guardian.give.working} />}
      {isReady && made === null && !isWorking && (
        <p>
          <button type="button" onClick={() => void make()}>
            {t.guardian.give.make}
          </button>
        </p>
      )}
      {isReady && made !== null && <Backups made={made} from={about.sequence_order} />}
    </>
  );
}
