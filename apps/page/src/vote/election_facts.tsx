// Which election this is, and that it was checked.
import t from "texts";
import type { Election } from "../engine";
import { Code } from "../parts/code";
import { Name } from "../parts/name";
import type { VoterManifest } from "./election_view";

interface ElectionFactsProps {
  election: Election;
  manifest: VoterManifest;
  onOther(): void;
}

export function ElectionFacts({ election, manifest, onOther }: ElectionFactsProps) {
  const { number_of_guardians: guardians, quorum } = election.file.context as unknown as { number_of_guardians: number; quorum: number };
  return (
    <div class="facts">
      <p class="name">
        <Name text={manifest.name} orElse={manifest.election_scope_id} />
      </p>
      <p class="good">
        <span aria-hidden="true">✓ </span>
        {t.vote.checked.title}
      </p>
      <details>
        <summary>{t.vote.checked.hash}</summary>
        <p>{t.vote.checked.text(guardians, quorum)}</p>
        <p>
          <Code code={election.manifest_hash} />
        </p>
        <p class="quiet">{t.vote.checked.hashHelp}</p>
        <button type="button" onClick={onOther}>
          {t.vote.checked.other}
        </button>
      </details>
    </div>
  );
}
