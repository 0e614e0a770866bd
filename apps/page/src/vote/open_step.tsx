// The election file is chosen, and checked as a whole.
import { useState } from "preact/hooks";
import t from "texts";
import type { Election, ElectionGuard } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { readJson } from "../files/read";
import { announce } from "../parts/announce";
import { FileField } from "../parts/file_field";
import { Progress } from "../parts/progress";
import { Trouble } from "../parts/trouble";

export function OpenStep({ engine, onOpened }: { engine: ElectionGuard; onOpened(election: Election): void }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);

  async function open(files: File[]): Promise<void> {
    setProblem(null);
    if (files.length > 1) {
      setProblem({ says: t.file.one });
      return;
    }
    setWorking(true);
    try {
      const election = await engine.openElection(await readJson(files[0]!, "election"));
      announce(t.vote.checked.title);
      onOpened(election);
    } catch (error) {
      setProblem(problemOf(error, t.vote.open.bad));
      setWorking(false);
    }
  }

  return (
    <>
      <p class="lead">{t.vote.open.intro}</p>
      <Trouble problem={problem} />
      <FileField label={t.vote.open.label} accept=".json,application/json" disabled={isWorking} onFiles={(files) => void open(files)} />
      {isWorking && <Progress text={t.vote.open.checking} />}
    </>
  );
}
