// A new key: who the guardian is, and the pass phrase that seals it.
import { useRef, useState } from "preact/hooks";
import t from "texts";
import type { ElectionGuard } from "../engine";
import { problemOf, type Problem } from "../files/problem";
import { announce } from "../parts/announce";
import { Field } from "../parts/field";
import { Progress } from "../parts/progress";
import { Trouble } from "../parts/trouble";
import { faultsOf, type Faults, type KeyForm } from "./key_form";
import type { OpenKey } from "./types";

const EMPTY: KeyForm = { id: "", order: "", count: "", quorum: "", phrase: "", again: "" };

export function NewKey({ engine, onMade }: { engine: ElectionGuard; onMade(key: OpenKey): void }) {
  const [form, setForm] = useState(EMPTY);
  const [faults, setFaults] = useState<Faults>({});
  const [isShown, setShown] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isWorking, setWorking] = useState(false);
  const at = useRef<HTMLFormElement>(null);
  const field = (name: keyof KeyForm) => ({
    value: form[name],
    fault: faults[name],
    onValue: (value: string) => setForm((now) => ({ ...now, [name]: value })),
  });

  async function make(event: Event): Promise<void> {
    event.preventDefault();
    const found = faultsOf(form);
    setFaults(found);
    if (Object.keys(found).length > 0) {
      // to the first that is wrong, once it is marked
      setTimeout(() => at.current?.querySelector<HTMLInputElement>("[aria-invalid=true]")?.focus());
      return;
    }
    setProblem(null);
    setWorking(true);
    try {
      const guardian = await engine.createGuardian({
        id: form.id,
        sequence_order: Number(form.order),
        number_of_guardians: Number(form.count),
        quorum: Number(form.quorum),
      });
      announce(t.guardian.make.made);
      onMade({ guardian, phrase: form.phrase, isNew: true });
    } catch (error) {
      setProblem(problemOf(error));
      setWorking(false);
    }
  }

  const type = isShown ? "text" : "password";
  return (
    <form ref={at} onSubmit={(event) => void make(event)} autocomplete="off">
      <Field label={t.guardian.make.id} help={t.guardian.make.idHelp} {...field("id")} />
      <Field label={t.guardian.make.count} short numeric {...field("count")} />
      <Field label={t.guardian.make.order} help={t.guardian.make.orderHelp} short numeric {...field("order")} />
      <Field label={t.guardian.make.quorum} help={t.guardian.make.quorumHelp} short numeric {...field("quorum")} />
      <Field label={t.guardian.make.phrase} help={t.guardian.make.phraseHelp} type={type} autocomplete="new-password" {...field("phrase")} />
      <Field label={t.guardian.make.again} type={type} autocomplete="new-password" {...field("again")} />
      <label class="choice">
        <input type="checkbox" checked={isShown} onChange={() => setShown(!isShown)} />
        <span>{t.guardian.make.show}</span>
      </label>
      <Trouble problem={problem} />
      {isWorking ? (
        <Progress text={t.guardian.make.working} />
      ) : (
        <p>
          <button class="main">{t.guardian.make.make}</button>
        </p>
      )}
    </form>
  );
}
