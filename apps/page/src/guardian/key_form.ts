// What is asked for a new key, and what is wrong with it.
import t from "texts";
import { isBallotId } from "../vote/ballot_id";
import { phraseFault } from "./phrase";

export interface KeyForm {
  id: string;
  order: string;
  count: string;
  quorum: string;
  phrase: string;
  again: string;
}
export type Faults = Partial<Record<keyof KeyForm, string>>;

const MOST_GUARDIANS = 100;

function isBetween(text: string, least: number, most: number): boolean {
  const n = /^\d{1,3}$/.test(text.trim()) ? Number(text) : NaN;
  return n >= least && n <= most;
}

export function faultsOf(form: KeyForm): Faults {
  const faults: Faults = {};
  const isCountGood = isBetween(form.count, 1, MOST_GUARDIANS);
  const most = isCountGood ? Number(form.count) : MOST_GUARDIANS;
  const put = (field: keyof KeyForm, text: string): void => {
    if (text !== "") {
      faults[field] = text;
    }
  };
  // a record names a file for a guardian as for a ballot
  put("id", isBallotId(form.id) ? "" : t.guardian.make.badId);
  put("count", isCountGood ? "" : t.guardian.make.badCount);
  put("order", isBetween(form.order, 1, most) ? "" : t.guardian.make.badOrder(most));
  put("quorum", isBetween(form.quorum, 1, most) ? "" : t.guardian.make.badQuorum(most));
  put("phrase", phraseFault(form.phrase));
  put("again", form.phrase === form.again ? "" : t.guardian.make.phraseDiffers);
  return faults;
}
