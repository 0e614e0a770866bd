// Records or backups of others, several at once. Each is taken or refused on its own; what was taken stays.
import { useState } from "preact/hooks";
import { problemOf, type Problem } from "../files/problem";
import { readJson } from "../files/read";
import { announce } from "../parts/announce";
import { FileField } from "../parts/file_field";
import { Trouble } from "../parts/trouble";
import { senderOf } from "./sender";

interface TakeFilesProps {
  kind: "record" | "backup";
  texts: { label: string; took(order: number, name: string): string };
  take(text: string): Promise<number>;
  bad(name: string, sender: string | null): string;
  onTaken(): Promise<void>;
}

interface Outcome {
  taken: string[];
  problems: Problem[];
}

export function TakeFiles({ kind, texts, take, bad, onTaken }: TakeFilesProps) {
  const [outcome, setOutcome] = useState<Outcome>({ taken: [], problems: [] });
  const [isWorking, setWorking] = useState(false);

  async function takeOne(file: File, into: Outcome): Promise<void> {
    let text: string;
    try {
      text = await readJson(file, kind);
    } catch (error) {
      into.problems.push(problemOf(error));
      return;
    }
    try {
      into.taken.push(texts.took(await take(text), file.name));
    } catch (error) {
      into.problems.push(problemOf(error, bad(file.name, kind === "backup" ? senderOf(text) : null)));
    }
  }

  async function takeAll(files: File[]): Promise<void> {
    setWorking(true);
    const found: Outcome = { taken: [], problems: [] };
    for (const file of files) {
      await takeOne(file, found);
    }
    if (found.taken.length > 0) {
      await onTaken();
    }
    announce(found.taken.join(" "));
    setOutcome(found);
    setWorking(false);
  }

  return (
    <>
      <FileField label={texts.label} many accept=".json,application/json" disabled={isWorking} onFiles={(files) => void takeAll(files)} />
      {outcome.taken.map((text) => (
        <p key={text} class="good">
          <span aria-hidden="true">✓ </span>
          {text}
        </p>
      ))}
      {outcome.problems.map((problem, i) => (
        <Trouble key={i} problem={problem} />
      ))}
    </>
  );
}
