// Shares of a tally that was verified, the guardian's own and those in place of missing ones.
import { useState } from "preact/hooks";
import t from "texts";
import type { Guardian } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { checkZip } from "../files/read";
import { announce } from "../parts/announce";
import { FileField } from "../parts/file_field";
import { Progress } from "../parts/progress";
import { SaveButton } from "../parts/save_button";
import { Trouble } from "../parts/trouble";
import type { About } from "./types";

interface TallySharesProps {
  guardian: Guardian;
  about: About;
  isDirty: boolean;
  hasAllRecords: boolean;
}

interface Working {
  text: string;
  done: number;
  total: number;
}
interface Handed {
  name: string;
  text: string;
}

function Missing({ about, missing, onMissing }: { about: About; missing: string[]; onMissing(ids: string[]): void }) {
  const others = about.known.filter((one) => one.sequence_order !== about.sequence_order);
  if (others.length === 0) {
    return null;
  }
  return (
    <fieldset>
      <legend>
        <strong>{t.guardian.tally.missing}</strong>
      </legend>
      <p class="quiet">{t.guardian.tally.missingText}</p>
      {others.map((one) => (
        <label key={one.sequence_order} class="choice">
          <input
            type="checkbox"
            disabled={!one.has_backup}
            checked={missing.includes(one.id)}
            onChange={() => onMissing(missing.includes(one.id) ? missing.filter((id) => id !== one.id) : [...missing, one.id])}
          />
          <span>
            <bdi>{one.has_backup ? one.id : t.guardian.tally.missingNone(one.id)}</bdi>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function TallyShares({ guardian, about, isDirty, hasAllRecords }: TallySharesProps) {
  const [file, setFile] = useState<File | null>(null);
  const [missing, setMissing] = useState<string[]>([]);
  const [isTrusted, setTrusted] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [working, setWorking] = useState<Working | null>(null);
  const [handed, setHanded] = useState<Handed[]>([]);

  async function choose(chosen: File): Promise<void> {
    setProblem(null);
    setHanded([]);
    try {
      await checkZip(chosen);
      setFile(chosen);
    } catch (error) {
      setFile(null);
      setProblem(problemOf(error));
    }
  }

  async function shares(tally: File): Promise<Handed[]> {
    const order = about.sequence_order;
    const options = (what: string) => ({
      trustTally: isTrusted,
      onProgress: (now: { step: string; done: number; total: number }) =>
        setWorking({ text: t.guardian.tally.stepOf(what, now.step), done: now.done, total: now.total }),
    });
    const own = await guardian.share(tally, options(t.guardian.tally.working));
    const made = [{ name: `share-${order}.json`, text: `${JSON.stringify(own)}\n` }];
    for (const id of missing) {
      const of = about.known.find((one) => one.id === id)!.sequence_order;
      const share = await guardian.compensate(tally, id, options(t.guardian.tally.workingShare(id)));
      made.push({ name: `share-${of}-by-${order}.json`, text: `${JSON.stringify(share)}\n` });
    }
    return made;
  }

  async function compute(event: Event): Promise<void> {
    event.preventDefault();
    if (file === null) {
      setProblem({ says: t.guardian.tally.needFile });
      return;
    }
    setProblem(null);
    setHanded([]);
    setWorking({ text: t.guardian.tally.working, done: 0, total: 0 });
    try {
      setHanded(await shares(file));
      announce(t.guardian.tally.doneSaid);
    } catch (error) {
      setProblem(problemOf(error, t.guardian.tally.refused));
    }
    setWorking(null);
  }

  const isReady = hasAllRecords && !isDirty;
  return (
    <form onSubmit={(event) => void compute(event)}>
      <h2>{t.guardian.tally.title}</h2>
      <p>{t.guardian.tally.text}</p>
      {!isReady && <p class="warning">{hasAllRecords ? t.guardian.desk.first : t.guardian.tally.need}</p>}
      {isReady && (
        <>
          <FileField label={t.guardian.tally.label} accept=".zip" disabled={working !== null} onFiles={(files) => void choose(files[0]!)} />
          {file !== null && (
            <p role="status">
              <bdi>{t.guardian.tally.chosen(file.name)}</bdi>
            </p>
          )}
          <Missing about={about} missing={missing} onMissing={setMissing} />
          <details>
            <summary>{t.guardian.tally.trustSummary}</summary>
            <p class="warning">{t.guardian.tally.trustText}</p>
            <label class="choice">
              <input type="checkbox" checked={isTrusted} onChange={() => setTrusted(!isTrusted)} />
              <span>{t.guardian.tally.trust}</span>
            </label>
          </details>
          <Trouble problem={problem} />
          {working !== null ? (
            <Progress {...working} />
          ) : (
            <p>
              <button class="main">{isTrusted ? t.guardian.tally.computeTrust : t.guardian.tally.compute}</button>
            </p>
          )}
          {handed.length > 0 && (
            <>
              <p class="good">{t.guardian.tally.done}</p>
              {handed.map((one) => (
                <SaveButton key={one.name} name={one.name} text={one.text} />
              ))}
            </>
          )}
        </>
      )}
    </form>
  );
}
