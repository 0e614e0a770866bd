// What the election's manifest says to a voter: ballots (styles), their contests and what can be chosen.

export interface Candidate {
  object_id: string;
  name: unknown;
  party_id: string | null;
  is_write_in: boolean | null;
}
interface Selection {
  object_id: string;
  sequence_order: number;
  candidate_id: string;
}
interface Contest {
  object_id: string;
  sequence_order: number;
  electoral_district_id: string;
  number_elected: number;
  votes_allowed: number | null;
  name: string;
  ballot_title: unknown;
  ballot_subtitle: unknown;
  ballot_selections: Selection[];
}
interface Named {
  object_id: string;
  name: unknown;
}
export interface Style {
  object_id: string;
  geopolitical_unit_ids: string[];
}
export interface VoterManifest {
  election_scope_id: string;
  name: unknown;
  start_date: string;
  end_date: string;
  geopolitical_units: Named[];
  parties: Named[];
  candidates: Candidate[];
  contests: Contest[];
  ballot_styles: Style[];
}

export interface ShownChoice {
  id: string;
  name: unknown;
  party: unknown;
  isWriteIn: boolean;
}
export interface ShownContest {
  id: string;
  title: unknown;
  plainTitle: string;
  subtitle: unknown;
  limit: number;
  choices: ShownChoice[];
}

const byOrder = (a: { sequence_order: number }, b: { sequence_order: number }): number => a.sequence_order - b.sequence_order;

function choicesOf(contest: Contest, manifest: VoterManifest): ShownChoice[] {
  return [...contest.ballot_selections].sort(byOrder).map((selection) => {
    const candidate = manifest.candidates.find((one) => one.object_id === selection.candidate_id);
    const party = manifest.parties.find((one) => one.object_id === candidate?.party_id);
    return {
      id: selection.object_id,
      // a manifest may leave names out: the id is what there is
      name: candidate?.name ?? selection.candidate_id,
      party: party?.name ?? null,
      isWriteIn: candidate?.is_write_in === true,
    };
  });
}

/** More than that in a contest is an overvote (docs/crypto.md 14.2). */
function limitOf(contest: Contest): number {
  return contest.votes_allowed === null ? contest.number_elected : Math.min(contest.number_elected, contest.votes_allowed);
}

export function contestsOf(style: Style, manifest: VoterManifest): ShownContest[] {
  return manifest.contests
    .filter((contest) => style.geopolitical_unit_ids.includes(contest.electoral_district_id))
    .sort(byOrder)
    .map((contest) => ({
      id: contest.object_id,
      title: contest.ballot_title,
      plainTitle: contest.name || contest.object_id,
      subtitle: contest.ballot_subtitle,
      limit: limitOf(contest),
      choices: choicesOf(contest, manifest),
    }));
}

/** The places that a style is for, by which a voter knows it. */
export function placesOf(style: Style, manifest: VoterManifest): string[] {
  return style.geopolitical_unit_ids.map((id) => {
    const unit = manifest.geopolitical_units.find((one) => one.object_id === id);
    return typeof unit?.name === "string" && unit.name !== "" ? unit.name : id;
  });
}
